#!/bin/sh
# Nobody reads the service's log: no call may take longer than 100 ms, its deadline here. The database is in memory: a
# disk that others use takes longer now and then, with the log read or not.
# ALUNO_BUILD=build/release sh tests/bench/unread_log.sh [SECONDS]
seconds=${1:-60}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# Creates and lists, one call at a time, and prints how many calls there were and how many failed.
cat >"$work/load.lua" <<'END'
local client = assert(aluno.connect {timeout = 0.1})
assert(client:ready(5))
local stop, calls, failed = os.time() + tonumber(arg[1]), 0, 0
local function count(reply, err)
    calls = calls + 1
    if not reply then
        failed = failed + 1
        io.stderr:write(err.reason .. "\n")
    end
end
while os.time() < stop do
    count(client:create {name = "Medida", age = 20, email = "m@example.com",
        br_document = ("%s%09d"):format(arg[2], calls)})
    count(client:list {page_size = 1})
end
print(calls, failed)
END

make_certificates
choose_port
folder=$(mktemp -d /dev/shm/aluno-unread.XXXXXX) || give_up 'no memory for the database'
db=$folder/aluno.db
mkfifo "$work/unread"
exec 8<>"$work/unread"
head -c 65536 /dev/zero >&8
spawn "$ALUNOD" --listen "$ALUNO_SERVER" --db "$db" --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" \
    --log-level debug 2>&8 8>&-
service=$spawned
await 'it answers' answers
loaders=
for loader in 31 32; do
    spawn "$ALUNO" "$work/load.lua" "$seconds" "$loader" >>"$work/counts"
    loaders="$loaders $spawned"
done
for loader in $loaders; do
    reap "$loader"
    same 'a loader ends' $? 0
done
awk '{ calls += $1; failed += $2 } END { printf "%d calls in %d s, %d slower than 100 ms\n", calls, seconds, failed
    exit failed > 0 || calls == 0 }' seconds="$seconds" "$work/counts" || not_ok 'no call is slower than 100 ms'
stop_service
rm -rf "$folder"
finish
