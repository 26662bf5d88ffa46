#!/bin/sh
# tests/leftovers.sh finds CPFs and e-mail addresses in logs, histories and traces, and nowhere else, without false
# positives.
. "$(dirname "$0")/../lib/assert.sh"

leftovers() {
    sh "$ALUNO_SOURCE/tests/lib/leftovers.sh" "$work/left"
}

# Checks a file with that line: found | clean FILE LINE
found() {
    printf 'first line\n%s\n' "$2" >"$work/left/$1"
    fails 1 "$1: $2" leftovers
    says "$2"
    rm "$work/left/$1"
}

clean() {
    printf 'first line\n%s\n' "$2" >"$work/left/$1"
    works "$1: $2" leftovers
    rm "$work/left/$1"
}

personal_data_is_found() {
    found alunod.log 'cpf=52998224725'
    found alunod.log '529.982.247-25'
    found alunod.log 'msg="the CPF 529.982.247-25."'
    found alunod.log 'to ana.lima@example.com'
    found .aluno_history 'obter --cpf 52998224725'
    found .state/aluno/history 'criar --email a@b.co'
    found calls.trace '{"cpf":"52998224725"}'
}

nothing_else_is() {
    clean students.csv '52998224725;a@b.co'
    clean alunod.log '2026-11-23T20:44:04.575Z info msg="done" took_us=1234567890 bytes=123456789012 at=127.0.0.1:31999'
    clean alunod.log 'request_id=0b7d9a52-1c7e-4f3a-9d2e-12345678901f serial=12345678901A'
    clean alunod.log 'cpf=***.982.247-** email=***@***'
}

mkdir -p "$work/left/.state/aluno"
run personal_data_is_found nothing_else_is
finish
