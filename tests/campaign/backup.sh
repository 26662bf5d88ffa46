#!/bin/sh
# Backups under load, each taken while the service may be killed: sh tests/campaign/backup.sh
#
# The service makes a backup after the other, and commands beside it make some, while clients create students. It and
# they are killed by SIGKILL at a random moment, again and again, until 200 (or BACKUPS=N) have their names. Each of them
# must then restore to a state that was acknowledged: whole, with every student who was acknowledged before it began.
# With ENCRYPTED=1 they are encrypted by age, and after the next start no copy that can be read may be left.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

goal=${BACKUPS:-200}
folder=$work/backups
mkdir "$folder"
[ "$goal" -gt 0 ] || { echo "usage: sh tests/campaign/backup.sh" >&2; exit 2; }

# Creates students until a call fails, and prints the time and the id of each that was acknowledged.
cat >"$work/load.lua" <<'END'
io.stdout:setvbuf "line"
local client = assert(aluno.connect {timeout = 1})
for i = 1, 99999 do
    local cpf = ("3%s%06d"):format(arg[1], i)
    local student = client:create {name = "Carga", age = 30, br_document = cpf, email = "carga@exemplo.com"}
    if not student then os.exit(0, true) end
    print(student.update_time .. " " .. student.id)
end
END

ending=.backup
if [ -n "${ENCRYPTED:-}" ]; then
    ending=.backup.age
    (umask 077 && age-keygen -o "$work/identity" 2>/dev/null)
    ALUNOD_BACKUP_RECIPIENT=$(age-keygen -y "$work/identity") || exit 2
    export ALUNOD_BACKUP_RECIPIENT
fi

count() {
    find "$folder" -name "aluno.db.*Z$ending" | wc -l
}

make_certificates
round=1000
kills=0
: >"$work/acknowledged"
while [ "$(count)" -lt "$goal" ]; do
    round=$((round + 1))
    start_service --backup-dir "$folder" --backup-every 1s --backup-keep 100000
    same 'copies that killed commands left' "$(find "$work" -path "$folder" -prune -o -name '*.plain' -print)" ''
    loaders=
    for loader in 1 2; do
        spawn "$ALUNO" "$work/load.lua" "$round" "$loader" >>"$work/acknowledged" 2>/dev/null
        loaders="$loaders $spawned"
        round=$((round + 1))
    done
    for _ in 1 2 3 4; do
        as ana "$ALUNO" copia >/dev/null 2>&1
        "$ALUNOD" backup --db "$db" --to "$folder" >/dev/null 2>&1
    done
    spawn "$ALUNOD" backup --db "$db" --to "$folder" >/dev/null 2>&1
    command=$spawned
    spawn env ALUNO_CERT="$ca/clients/ana.crt" ALUNO_KEY="$ca/clients/ana.key" "$ALUNO" copia >/dev/null 2>&1
    asker=$spawned
    sleep "0.0$(shuf -i 0-99 -n 1)"
    kill_service 2>/dev/null
    kills=$((kills + 1))
    [ "$(shuf -i 0-1 -n 1)" = 0 ] || kill -KILL "$command" 2>/dev/null
    for process in $loaders $asker $command; do
        reap "$process"
    done
done

# Of the students acknowledged before the backup began, none may be missing.
checked=0
for file in "$folder"/aluno.db.*Z"$ending"; do
    moment=$(basename "$file" | sed 's/^aluno.db.\(.*\)T\(..\)\(..\)\(..\)[.]\(...\)Z.backup.*/\1 \2:\3:\4.\5/')
    began=$(date -u -d "$moment" +%s%3N)
    rm -rf "$work"/restored.db*
    works "restore $(basename "$file")" "$ALUNOD" restore "$file" --db "$work/restored.db" \
        ${ENCRYPTED:+--identity "$work/identity"}
    lost=$(sqlite3 "$work/restored.db" 'SELECT id FROM student' | sort |
        awk -v began="$began" 'NR == FNR { has[$1] = 1; next } $1 < began - 2000 && !($2 in has)' - "$work/acknowledged")
    same "acknowledged and not in $(basename "$file")" "$lost" ''
    checked=$((checked + 1))
done
echo "$checked backups with their names, $kills kills, $(wc -l <"$work/acknowledged") students acknowledged"
finish
