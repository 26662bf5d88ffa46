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

make_certificates
run an_admin_makes_a_backup_while_it_runs without_a_folder_there_is_none a_backup_is_restored \
    a_killed_service_is_backed_up_and_restored commands_work_beside_a_service a_log_is_not_played_into_another_file \
    rows_changed_by_hand_are_sealed damage_is_found_by_itself commands_name_what_is_wrong
[ -z "$service" ] || stop_service
finish
