#!/bin/sh
# Backups by the service and its commands, and what is restored from them.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

folder=$work/backups

create() {
    works "create $1" "$ALUNO" criar --nome "$1" --idade 16 --cpf "$2" --email a@exemplo.com
}

names() {
    "$ALUNO" listar --formato csv --campos nome | tail -n +2 | tr '\n' ' '
}

# The command prints the file, or the service's log does.
newest() {
    find "$folder" -name 'aluno.db.*.backup' | sort | tail -n 1
}

made_by_itself() {
    [ -n "$(newest)" ]
}

an_admin_makes_a_backup_while_it_runs() {
    umask 0
    empty_service --backup-dir "$folder"
    umask 022
    same 'the folder is the owner'"'"'s alone' "$(stat -c %a "$folder")" 700
    same 'so is the database' "$(stat -c %a "$db")" 600
    ! logged "Other users may read" || not_ok 'nobody else may read'
    await 'the first one is made by itself' made_by_itself
    create Ana 52998224725
    kill -HUP "$service"
    await 'the options are read again' logged 'msg="Certificates reloaded."'
    fails 6 'a registrar asks for a backup' "$ALUNO" copia
    works 'an admin' as ana "$ALUNO" copia
    says "Cópia verificada, na máquina do serviço: $(newest) (alunos: 1"
    works 'in English, as JSON' as ana "$ALUNO" --lang en backup --format json
    says '"state": "DONE"'
    works 'the last one' as ana "$ALUNO" ultima_copia
    says "$(newest)"
    same 'nobody else may read it' "$(stat -c %a "$(newest)")" 600
    same 'three files' "$(find "$folder" -type f | wc -l)" 3
    logged "msg=\"Backup made.\" file=$(newest)" || not_ok 'the log says where it is'
}

without_a_folder_there_is_none() {
    empty_service
    fails 5 'no folder' as ana "$ALUNO" copia
    says 'O serviço não tem pasta para cópias de segurança'
}

a_backup_is_restored() {
    empty_service --backup-dir "$folder"
    create Ana 52998224725
    works 'copia' as ana "$ALUNO" copia
    copy=$(newest)
    create Bia 11144477735
    fails 1 'while it runs' "$ALUNOD" restore "$copy" --db "$db"
    says 'is in use by another alunod'
    stop_service
    works 'restore' "$ALUNOD" restore --db "$db" "$copy"
    says 'restored from'
    start_service
    same 'what the backup had' "$(names)" 'Ana '
}

a_killed_service_is_backed_up_and_restored() {
    empty_service
    create Ana 52998224725
    kill_service
    works 'backup' "$ALUNOD" backup --db "$db" --to "$work/copy.db"
    says '1 students'
    works 'check' "$ALUNOD" check "$work/copy.db"
    says "$work/copy.db: whole, 1 students"
    fails 1 'again' "$ALUNOD" backup --db "$db" --to "$work/copy.db"
    says "--to $work/copy.db: exists; choose another name"
    works 'into a folder' "$ALUNOD" backup --db "$db" --to "$work"
    start_service
    create Bia 11144477735
    kill_service
    works 'restore over a log that was left' "$ALUNOD" restore "$work/copy.db" --db "$db"
    start_service
    same 'what the backup had' "$(names)" 'Ana '
}

commands_work_beside_a_service() {
    empty_service
    create Ana 52998224725
    works 'check' "$ALUNOD" check "$db"
    says "$db: whole, 1 students"
    works 'backup' "$ALUNOD" backup --db "$db" --to "$work/beside.db"
    says '1 students'
    same 'nobody else may read it' "$(stat -c %a "$work/beside.db")" 600
    works 'check of it' "$ALUNOD" check "$work/beside.db"
    create Bia 11144477735
    same 'the service goes on' "$(names)" 'Ana Bia '
    same 'nothing is left' "$(find "$work" -name '*unfinished*')" ''
}

# kill -9, then a copy over the database by hand.
a_log_is_not_played_into_another_file() {
    empty_service
    create Ana 52998224725
    stop_service
    cp "$db" "$work/older.db"
    start_service
    create Bia 11144477735
    kill_service
    cp "$work/older.db" "$db"
    fails 1 'a start' "$ALUNOD" --listen "tls+tcp://127.0.0.1:$port" --db "$db" --ca "$ca/ca.crt" \
        --cert "$ca/server.crt" --key "$ca/server.key"
    says "$db-wal is of another database"
    mv "$db-wal" "$work/older-wal"
    start_service
    same 'what the copy had' "$(names)" 'Ana '
}

rows_changed_by_hand_are_sealed() {
    empty_service
    create Ana 52998224725
    stop_service
    LC_ALL=C sed -i s/Ana/Eva/ "$db"
    fails 1 'without a digest' "$ALUNOD" check "$db"
    says "$db: is damaged"
    chmod 644 "$db"
    works 'seal' "$ALUNOD" seal --db "$db"
    says 'whole, 1 students'
    works 'check' "$ALUNOD" check "$db"
    start_service
    same 'served' "$(names)" 'Eva '
    logged "Other users may read students' data" || not_ok 'the log warns of a file that others may read'
}

damage_is_found_by_itself() {
    empty_service
    create Ana 52998224725
    stop_service
    LC_ALL=C sed -i s/Ana/Eva/ "$db"
    start_service --check-every 1s
    await 'the check finds it' logged 'msg="The database is damaged: restore a backup."'
    logged 'msg="A table of the database is damaged." table=student' || not_ok 'the log names the table'
    works 'health' "$ALUNO" saude
    says '"status": "NOT_SERVING", "reason": "STORE_CORRUPT"'
    fails 1 'the damaged student' "$ALUNO" ver 1
    says 'O banco de dados está danificado'
    stop_service
}

commands_name_what_is_wrong() {
    fails 2 'no file' "$ALUNOD" restore --db "$db"
    says 'a file is missing; see alunod --help'
    fails 2 'no target' "$ALUNOD" backup --db "$db"
    says '--to: is required'
    fails 2 'no such command' "$ALUNOD" backups
    says 'unexpected argument "backups"'
    fails 2 'a flag of another command' "$ALUNOD" restore --to x "$work/copy.db"
    says '--to: is of another command'
    fails 1 'a long name' "$ALUNOD" backup --db "$db" --to "$work/$(printf '%05000d' 0)"
    says '--to: the name is too long'
    fails 1 'no database' "$ALUNOD" backup --db "$work/none.db" --to "$work/none.copy"
    says 'No such file or directory'
    echo nonsense >"$work/nonsense"
    fails 1 'what is no backup' "$ALUNOD" check "$work/nonsense"
    says 'is not a database'
    fails 1 'no backup' "$ALUNOD" restore "$work/nonsense" --db "$work/other.db"
    says 'is not a database'
}

# ---- encrypted ----

make_identities() {
    for name in keeper other; do
        age-keygen -o "$work/$name.key" 2>/dev/null
        chmod 600 "$work/$name.key"
    done
    recipient=$(age-keygen -y "$work/keeper.key")
}

# Nothing of a copy that can be read is left.
nothing_is_left() {
    same "$1: nothing is left" "$(find "$work" -name '*.unfinished*')" ''
}

encrypted_backups_are_made_and_restored() {
    rm -rf "$folder"
    empty_service --backup-dir "$folder" --backup-every 0 --backup-recipient "$recipient"
    create Ana 52998224725
    works 'an admin asks for one' as ana "$ALUNO" copia
    secret=$(find "$folder" -type f)
    says "Cópia verificada, na máquina do serviço: $secret (alunos: 1"
    same 'its name says that it is encrypted' "${secret##*.}" age
    same 'nobody else may read it' "$(stat -c %a "$secret")" 600
    same 'it is of age' "$(head -n 1 "$secret")" age-encryption.org/v1
    nothing_is_left 'a backup'
    create Bia 11144477735
    stop_service
    fails 1 'a check' "$ALUNOD" check "$secret"
    says "$secret: is encrypted; decrypt it first"
    fails 1 'a restore without a key' "$ALUNOD" restore --db "$db" "$secret"
    says "$secret: is encrypted; give the private key: --identity FILE"
    fails 1 'with another key' "$ALUNOD" restore --db "$db" "$secret" --identity "$work/other.key"
    says "$secret: no identity matched any of the recipients"
    head -c 20000 "$secret" >"$work/half.age"
    fails 1 'of half a file' "$ALUNOD" restore --db "$db" "$work/half.age" --identity "$work/keeper.key"
    says "$work/half.age: "
    chmod 640 "$work/keeper.key"
    fails 1 'with a key that others may read' "$ALUNOD" restore --db "$db" "$secret" --identity "$work/keeper.key"
    says "--identity $work/keeper.key: other users may use it: chmod go= it"
    chmod 600 "$work/keeper.key"
    fails 1 'without age' env PATH="$work/none" "$ALUNOD" restore --db "$db" "$secret" --identity "$work/keeper.key"
    says 'the program age is missing; install the package: apt-get install age'
    nothing_is_left 'a restore that failed'
    works 'a restore' "$ALUNOD" restore --db "$db" "$secret" --identity "$work/keeper.key"
    nothing_is_left 'a restore'
    start_service
    same 'what the backup had' "$(names)" 'Ana '
}

commands_encrypt() {
    empty_service
    create Ana 52998224725
    printf '# the keeper\n%s\n' "$recipient" >"$work/recipients"
    ln -s "$db" "$work/link.db"
    : >"$db.2026-11-28T235152.793Z.backup.unfinished.plain"
    works 'beside a service, by a link' "$ALUNOD" backup --db "$work/link.db" --to "$work/beside.age" \
        --backup-recipients "$work/recipients"
    says '1 students'
    nothing_is_left 'a command that was killed'
    stop_service
    works 'of a database at rest, to two keys' "$ALUNOD" backup --db "$db" --to "$work" \
        --backup-recipient "$recipient" --backup-recipient "$(age-keygen -y "$work/other.key")"
    nothing_is_left 'backups'
    works 'restored' "$ALUNOD" restore --db "$work/new.db" "$work/beside.age" --identity "$work/keeper.key"
    works 'by the second' "$ALUNOD" restore --db "$work/new.db" "$(find "$work" -name '*.backup.age' -path "$work/aluno*")" \
        --identity "$work/other.key"
    fails 1 'no key' "$ALUNOD" backup --db "$db" --to "$work/bad.age" --backup-recipient "${recipient}q"
    says '--backup-recipient: '
    fails 1 'no file of keys' "$ALUNOD" backup --db "$db" --to "$work/bad.age" --backup-recipients "$work/none"
    says '--backup-recipients: '
    fails 2 'another form' "$ALUNOD" backup --db "$db" --to "$work/bad.age" --backup-recipient ana
    says '--backup-recipient: "ana" is not a public key of age'
    fails 1 'without age' env PATH="$work/none" "$ALUNOD" backup --db "$db" --to "$work/bad.age" --backup-recipient "$recipient"
    says 'the program age is missing'
    [ ! -e "$work/bad.age" ] || not_ok 'no file for those'
    works 'a configuration' "$ALUNOD" --check-config --db "$db" --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" \
        --listen "$ALUNO_SERVER" --backup-dir "$folder" --backup-recipient "$recipient"
    says "--backup-dir $folder: backups are encrypted by age"
    fails 1 'a configuration without age' env PATH="$work/none" "$ALUNOD" --check-config --db "$db" --ca "$ca/ca.crt" \
        --cert "$ca/server.crt" --key "$ca/server.key" --listen "$ALUNO_SERVER" --backup-dir "$folder" \
        --backup-recipient "$recipient"
    says '--backup-recipient: the program age is missing'
}

# Stands for age: it takes the recipients, writes some of the file and then fails, or hangs.
make_played_age() {
    mkdir "$work/played"
    cat >"$work/played/age" <<'END'
#!/bin/sh
head -c 100 | grep -q . || exit 0
echo 'half of it'
[ "$ALUNO_PLAYED_AGE" = hangs ] || { echo 'age: error: no space left' >&2; exit 1; }
echo $$ >"$ALUNO_PLAYED_PID.new"
mv "$ALUNO_PLAYED_PID.new" "$ALUNO_PLAYED_PID"
exec tail -f /dev/null
END
    chmod +x "$work/played/age"
}

# shellcheck disable=SC2030,SC2031 # only what is started has it
an_encryption_that_fails_or_is_killed_leaves_nothing() {
    make_played_age
    rm -rf "$folder"
    path=$PATH
    export PATH="$work/played:$path" ALUNO_PLAYED_AGE=fails ALUNO_PLAYED_PID="$work/played/pid"
    empty_service --backup-dir "$folder" --backup-every 0 --backup-recipient "$recipient"
    create Ana 52998224725
    fails 1 'a backup' as ana "$ALUNO" copia
    logged 'msg="Backup failed."' || not_ok 'the log says so'
    logged 'no space left' || not_ok 'and why'
    nothing_is_left 'a failure'
    same 'no backup' "$(find "$folder" -type f)" ''
    stop_service
    export ALUNO_PLAYED_AGE=hangs
    start_service --backup-dir "$folder" --backup-every 0 --backup-recipient "$recipient"
    export PATH="$path"
    spawn env ALUNO_CERT="$ca/clients/ana.crt" ALUNO_KEY="$ca/clients/ana.key" "$ALUNO" copia
    asking=$spawned
    await 'it encrypts' test -e "$work/played/pid"
    kill_service
    kill "$(cat "$work/played/pid")" "$asking"
    reap "$asking"
    same 'the copy was the owner'"'"'s alone' "$(stat -c %a "$db".*.unfinished.plain)" 600
    same 'no backup has its name' "$(find "$folder" -name '*.age')" ''
    : >"$db.restore.unfinished"
    : >"$db.2026-11-28T235152.793Z.backup.unfinished.raw"
    start_service --backup-dir "$folder" --backup-every 0
    same 'nothing that can be read is left' "$(find "$work" -maxdepth 1 -name '*.unfinished*')" ''
    stop_service
}

make_certificates
run an_admin_makes_a_backup_while_it_runs without_a_folder_there_is_none a_backup_is_restored \
    a_killed_service_is_backed_up_and_restored commands_work_beside_a_service a_log_is_not_played_into_another_file \
    rows_changed_by_hand_are_sealed damage_is_found_by_itself commands_name_what_is_wrong
if command -v age >/dev/null; then
    make_identities
    run encrypted_backups_are_made_and_restored commands_encrypt an_encryption_that_fails_or_is_killed_leaves_nothing
else
    echo 'skipped: encrypted backups, since age is not installed'
fi
[ -z "$service" ] || stop_service
finish
