#!/bin/sh
# An erased student is in no file: of the database's folder, of the client, nor in a backup made afterwards.
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

make_certificates
start_service
run no_file_has_the_student
stop_service
finish
