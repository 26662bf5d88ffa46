#!/bin/sh
# A person's rights: what is held is exported whole; an erased student is in no file: of the database's folder, of the
# client, nor in a backup made afterwards.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

erase() {
    as ana "$ALUNO" eliminar --cpf 529.982.247-25 --formato json "$@" 2>"$work/erase.err"
}

no_file_has_the_student() {
    as ana "$ALUNO" criar --nome 'Quitéria Xavante' --idade 20 --cpf 529.982.247-25 --email quit@exemplo.com >/dev/null
    as ana "$ALUNO" atualizar --cpf 529.982.247-25 --nome 'Quitéria Yanomami' >/dev/null
    erase --apenas-validar >"$work/shown"
    confirmation=$(grep -o '"confirmation": *"[^"]*"' "$work/shown" | cut -d '"' -f 4)
    grep -q Yanomami "$work/shown" || not_ok 'the first step shows the student'
    rm "$work/shown"
    erase --motivo 'pedido do titular' --confirmacao "$confirmation" >"$work/erased" || not_ok "$(cat "$work/erase.err")"
    grep -q '"log_emptied": true' "$work/erased" || not_ok "the log is not empty: $(cat "$work/erased")"
    "$ALUNOD" backup --db "$db" --to "$work/after.backup" >/dev/null || not_ok 'no backup'
    left=$(grep -rlaiE 'quit.{1,2}ria|xavante|yanomami|52998224725|529\.982\.247|quit@exemplo' "$work")
    [ -z "$left" ] || not_ok "the student is left in $left"
    grep -q 'pedido do titular' "$db.erased" || not_ok 'no tombstone beside the database'
}

subject() { # with an admin's certificate
    as ana "$ALUNO" titular "$@"
}

what_is_held_is_exported() {
    works 'a student' as ana "$ALUNO" criar --nome 'Zuleica <b>Iara</b>' --idade 12 --cpf 111.444.777-35 --email zuleica@exemplo.com
    works 'a new name' as rita "$ALUNO" atualizar --cpf 111.444.777-35 --nome 'Zuleica Jurema'
    works 'a reader' as leo "$ALUNO" obter --cpf 111.444.777-35
    works 'a removal' as rita "$ALUNO" deletar --cpf 111.444.777-35
    "$ALUNOD" backup --db "$db" --to "$db.20260801T030000Z.backup" >/dev/null || not_ok 'no backup'
    works 'the data' subject exportar 111.444.777-35
    says '"name": "Zuleica Jurema"'
    says '"name": "Zuleica <b>Iara</b>"'
    says '"method": "aluno.v1.StudentService/CreateStudent", "caller_name": "ana"'
    says '"method": "aluno.v1.StudentService/DeleteStudent", "caller_name": "rita"'
    says '"truncated": false'
    says '.20260801T030000Z.backup"'
    says '"caller_name": "leo"'
    same 'one value' "$(grep -c . "$output")" 1
    works 'a sheet' subject exportar 11144477735 --saida "$work/titular.html"
    same 'is its owner'"'"'s alone' "$(stat -c %a "$work/titular.html")" 600
    grep -q 'Zuleica &lt;b&gt;Iara' "$work/titular.html" || not_ok 'the sheet has the former name, escaped'
    grep -q '>leo<' "$work/titular.html" || not_ok 'the sheet tells who read'
    fails 2 'a file stays' subject exportar 11144477735 --saida "$work/titular.html"
    works 'in English' as ana "$ALUNO" --lang en subject export 11144477735 --output "$work/titular.json"
    grep -q '"caller_name": "leo"' "$work/titular.json" || not_ok 'the data tell who read'
    rm "$work/titular.html" "$work/titular.json" "$db.20260801T030000Z.backup"
}

bad_input_is_refused() {
    fails 2 'no action' subject apagar 11144477735
    says 'exportar ou eliminar'
    fails 2 'no such file' subject exportar 11144477735 --saida titular.pdf
    says '.html'
    fails 2 'a flag of the other action' subject exportar 11144477735 --motivo pedido
    fails 2 'no reason' subject eliminar 11144477735 --confirmacao 1-2
    fails 3 'no CPF' subject exportar 111444
    fails 4 'nobody' subject exportar 123.456.789-09
    fails 6 'a registrar may not' as rita "$ALUNO" titular exportar 11144477735
}

two_steps_erase() {
    works 'a student' as ana "$ALUNO" criar --nome 'Zuleica Jurema' --idade 12 --cpf 935.411.347-80 --email zuleica@exemplo.com
    works 'the first step' subject eliminar 93541134780
    says 'Será eliminado para sempre: 1 cadastro(s)'
    says 'Nada foi eliminado ainda'
    confirmation=$(grep -oE '^[0-9a-f]+-[0-9a-f]{8}$' "$output")
    fails 5 'a wrong confirmation' subject eliminar 93541134780 --confirmacao "${confirmation}0" --motivo 'pedido do titular'
    works 'the second step' subject eliminar 93541134780 --confirmacao "$confirmation" --motivo 'pedido do titular'
    says 'Eliminado: 1 cadastro(s)'
    fails 4 'and nobody is left' subject exportar 93541134780
}

# The former machine's list has the erasures made after the backup.
a_restore_on_a_new_machine_takes_the_list() {
    works 'a student' as ana "$ALUNO" criar --nome 'Iracema Jurema' --idade 12 --cpf 123.456.789-09 --email iracema@exemplo.com
    works 'a backup' "$ALUNOD" backup --db "$db" --to "$work/copy"
    works 'the first step' subject eliminar 12345678909
    confirmation=$(grep -oE '^[0-9a-f]+-[0-9a-f]{8}$' "$output")
    works 'the second step' subject eliminar 12345678909 --confirmacao "$confirmation" --motivo 'pedido do titular'
    stop_service
    mv "$db.erased" "$work/list"
    rm -r "$db" "$db"-*
    works 'without the list' "$ALUNOD" restore "$work/copy" --db "$db"
    says "$db.erased: is missing, so who was erased since the backup is back"
    works 'with it' "$ALUNOD" restore "$work/copy" --db "$db" --erased "$work/list"
    says 'the next start erases again'
    start_service
    fails 4 'nobody is back' subject exportar 12345678909
    rm "$work/copy" "$work/list" "$db".replaced-*
}

make_certificates
start_service
run what_is_held_is_exported bad_input_is_refused two_steps_erase a_restore_on_a_new_machine_takes_the_list no_file_has_the_student
stop_service
finish
