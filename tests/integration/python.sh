#!/bin/sh
# The binding for Python in examples/python, against a real service.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

if ! command -v python3 >/dev/null || grep -q '^ALUNO_SANITIZE:STRING=.' "$ALUNO_BUILD/CMakeCache.txt"; then
    echo 'skipped: no python3, or a sanitizer that it cannot load'
    exit 0
fi
binding=$ALUNO_SOURCE/examples/python/aluno.py
export LIBALUNO="$ALUNO_BUILD/sdk/libaluno.so" PYTHONDONTWRITEBYTECODE=1

it_is_short() {
    [ "$(wc -l <"$binding")" -le 80 ] || not_ok 'at most 80 lines'
}

it_creates_gets_lists_and_shows_an_error() {
    works 'the program' python3 "$binding" 'João Ávila' 20 111.444.777-35 joao@example.com
    says 'created João Ávila'
    says 'listed 1'
    says 'FIELDS_INVALID: some fields are not valid'
    says '  student.age: the age must be from 0 to 150'
    says '  student.br_document: the CPF must have 11 digits (1)'
}

it_raises_what_the_library_refuses() {
    fails 1 'a field that the contract does not have' env PYTHONPATH="$ALUNO_SOURCE/examples/python" python3 -c '
import aluno
with aluno.Client() as client:
    client.call("aluno.v1.StudentService/GetStudent", {"idd": 1})'
    says 'idd: there is no such field'
    fails 1 'a number that JSON readers cannot hold' env PYTHONPATH="$ALUNO_SOURCE/examples/python" python3 -c '
import aluno
with aluno.Client() as client:
    client.call("aluno.v1.StudentService/GetStudent", {"id": 2 ** 70})'
    says 'JSON_SYNTAX'
    fails 1 'a client without certificates' env -u ALUNO_CA python3 "$binding" a 1 2 3
    says 'OPTION_INVALID'
}

it_raises_what_would_crash() {
    fails 1 'a method that the contract does not have' env PYTHONPATH="$ALUNO_SOURCE/examples/python" python3 -c '
import aluno
with aluno.Client() as client:
    client.call("operação", {})'
    says 'there is no method operação'
    fails 1 'a client that is closed' env PYTHONPATH="$ALUNO_SOURCE/examples/python" python3 -c '
import aluno
with aluno.Client() as client:
    pass
client.call("aluno.v1.StudentService/GetStudent", {"id": 1})'
    says 'the client is closed'
}

make_certificates
start_service
run it_is_short it_creates_gets_lists_and_shows_an_error it_raises_what_the_library_refuses it_raises_what_would_crash
stop_service
finish
