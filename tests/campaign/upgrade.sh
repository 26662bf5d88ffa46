#!/bin/sh
# The service is replaced under load by another version of its program: sh tests/campaign.sh upgrade [COMMIT|ALUNOD [TIMES]]
#
# COMMIT, ten commits before by default, is built in a folder beside; or ALUNOD is a program built before. That service
# starts, clients create students, and then both programs take turns at its path, 6 TIMES by default, each with SIGUSR2. An
# older program that refuses the newer schema ends the turns: then the new one goes on. No call fails, and each acknowledged
# student is there. A commit whose migrations were numbered anew later, before they were merged, is refused.
commit=${1:-HEAD~10} times=${2:-6}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
new=$ALUNOD
tree=$work/tree
old=$tree/build/service/alunod

at_end() {
    for process in $processes; do
        kill -KILL "$process" 2>/dev/null
    done
    [ ! -d "$tree" ] || git -C "$ALUNO_SOURCE" worktree remove --force "$tree"
}

build_old() {
    other=$(git -C "$ALUNO_SOURCE" diff --no-renames --diff-filter=DM --name-only "$commit" HEAD -- \
        'service/store/sqlite/migrations/*.sql') || give_up "there is no commit $commit"
    [ -z "$other" ] || give_up "$commit has another $other"
    git -C "$ALUNO_SOURCE" worktree add --quiet --detach "$tree" "$commit" || give_up "$commit cannot be checked out"
    { cmake -S "$tree" -B "$tree/build" -G Ninja -DALUNO_TESTS=OFF &&
        cmake --build "$tree/build" --target alunod --parallel 2; } >"$work/build.log" 2>&1 && return
    tail -n 20 "$work/build.log" >&2
    give_up "$commit does not build"
}

# Creates students until the file STOP is there; a call that fails ends it with another code than 0.
cat >"$work/load.lua" <<'END'
local number, stop = arg[1], arg[2]
local client, count = assert(aluno.connect {timeout = 20}), 0
while not io.open(stop) do
    count = count + 1
    assert(client:create {name = "Carga", age = 30, br_document = ("3%s%06d"):format(number, count), email = "c@exemplo.com"})
end
print(count)
END

serves_anew() { # COUNT
    [ "$(grep -cF 'Server started...' "$log")" -ge "$1" ] || logged 'Not restarted'
}

put() { # a file that runs cannot be written, but replaced
    cp "$1" "$work/next" && mv "$work/next" "$work/alunod"
}

make_certificates
if [ -x "$commit" ]; then old=$commit; else build_old; fi
put "$old"
ALUNOD=$work/alunod
start_service
loaders=
for number in 1001 1002 1003 1004; do
    spawn "$ALUNO" "$work/load.lua" "$number" "$work/stop" >"$work/made.$number"
    loaders="$loaders $spawned"
done
turn=0
while [ "$turn" -lt "$times" ] && ! logged 'Not restarted'; do
    if [ $((turn % 2)) = 1 ]; then put "$old"; else put "$new"; fi
    sleep 1 # of load between two turns: this is no wait
    kill -USR2 "$service"
    await "turn $turn" serves_anew $((turn + 2))
    turn=$((turn + 1))
done
touch "$work/stop"
for process in $loaders; do
    reap "$process"
    same 'no call fails' $? 0
done
made=$(cat "$work"/made.* | awk '{ sum += $1 } END { print sum + 0 }')
works 'students' run_lua 'local c = assert(aluno.connect {timeout = 20}) print(assert(c:list {page_size = 1}).total_size)'
same 'each student is there' "$(cat "$output")" "$made"
stop_service
[ "$broken" -gt 0 ] || echo "upgrade: $turn turns between $commit and this build, $made students" \
    "acknowledged meanwhile, no call failed; sh tests/campaign.sh upgrade $commit $times"
finish
