#!/bin/sh
# Runs each script of examples/lua as its header says, against a real service.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

example() {
    name=$1
    shift
    "$ALUNO" "$ALUNO_SOURCE/examples/lua/$name.lua" "$@"
}

# A service with four students: the first is Ana.
given_four() {
    empty_service
    for student in 'Ana Lima;20;52998224725' 'Rui;31;12345678900' 'Bia Lima;9;11144477735' 'Caio;10;93541134780'; do
        IFS=';' read -r name age cpf <<END
$student
END
        example register "$name" "$age" "$cpf" "student@example.com" >"$output" 2>&1 || not_ok "$(cat "$output")"
    done
}

every_one_explains_itself() {
    for file in "$ALUNO_SOURCE"/examples/lua/*.lua; do
        works "the help of $file" "$ALUNO" "$file" --help
        says "uso: ${file##*/}"
        fails 2 "$file, wrongly called" "$ALUNO" "$file" --what
        says 'não há a opção --what'
    done
}

register() {
    empty_service
    student=$(example register 'Ana Lima' 20 529.982.247-25 ana@example.com 2>"$output")
    works 'register gives the id' "$ALUNO" obter --id "$student"
    says '"name": "Ana Lima"'
    works 'with a warning' example register Rui 31 123.456.789-00 rui@example.com
    says 'warning: '
    fails 3 'refused' example register 'Ana Lima' 151 529.982.247-25 ana@example.com
    says '; age: '
    fails 5 'registered already' example register 'Ana Lima' 20 529.982.247-25 ana@example.com
    fails 2 'with too little' example register 'Ana Lima' vinte
    says 'age pede um número inteiro'
}

import_csv() {
    empty_service
    works 'somebody' example register 'Ana Lima' 20 529.982.247-25 ana@example.com
    printf '\357\273\277Nome;Idade;CPF;Email\r\n' | tr '[:upper:]' '[:lower:]' >students.csv
    printf '"Lima; Bia";9;111.444.777-35;bia@example.com\r\nCaio;x;93541134780;caio@example.com\r\n' >>students.csv
    printf '\r\nAna;20;52998224725;ana@example.com\r\n' >>students.csv
    fails 8 'import_csv' example import_csv students.csv --rejects out.csv
    says '1 registered, 2 refused'
    works 'the quoted row is there' "$ALUNO" obter --cpf 11144477735
    says '"name": "Lima; Bia"'
    works 'a reject with its line and reason' grep -q '^3;.*[^.]idade: .*;Caio;x;93541134780;caio@example.com' out.csv
    works 'another' grep -q '^5;Outro aluno já tem este CPF' out.csv
    same 'no others' "$(wc -l <out.csv)" 3
    printf 'nome;altura\n' >columns.csv
    fails 2 'a missing column' example import_csv columns.csv
    says "columns.csv: there is no column 'idade'"
    fails 2 'a missing file' example import_csv none.csv
    sed -i 's/Caio;x/Caio;10/; /;Ana;/d' out.csv
    works 'the rejects, corrected' example import_csv out.csv
    says '1 registered, 0 refused'
    fails 6 'no right to it' as leo "$ALUNO" "$ALUNO_SOURCE/examples/lua/import_csv.lua" students.csv
    says 'students.csv:2: not imported from here on'
}

register_many() {
    run_lua 'local columns = {"nome", "idade", "cpf", "email"}
        local writer = assert(aluno.csv.create("many.csv", {excel = true, columns = columns}))
        for i = 1, 500 do
            local age, cpf = i % 100 == 0 and 200 or i % 100, aluno.cpf.generate(i)
            assert(writer:write {nome = "Turma; " .. i, idade = age, cpf = cpf, email = "turma@example.com"})
        end'
    printf 'short;row\r\n' >>many.csv
    fails 8 'register_many' example register_many many.csv --at-once 32
    says '495 registered, 6 refused'
    says 'many.csv:101: '
    says 'many.csv:502: '
    same 'each once' "$("$ALUNO" listar --busca turma --campos id | sort -u | wc -l)" 495
    fails 8 'one at a time, again' example register_many many.csv --at-once 0
    says '0 registered, 501 refused'
    works 'they go' run_lua 'local c <close> = aluno.connect {strict = true}
        local async, futures = c:async(), {}
        for student in c:each {query = "turma"} do futures[#futures + 1] = async:delete {id = student.id} end
        assert(not select(2, aluno.all(futures)))'
}

lists() {
    given_four
    works 'report' example report --span 10
    says '  0-9        1 ################'
    says '4 students, 17.5 years on average'
    works 'enrolment' example enrolment --to 20
    same 'by age and name' "$(sed 's/ *[0-9]*  /  /' "$output")" '9 years: 1
  Bia Lima
10 years: 1
  Caio
20 years: 1
  Ana Lima'
}

duplicates() {
    given_four
    works 'no suspects' example duplicates
    says '0 suspects'
    last=$("$ALUNO" listar --removidos --campos id --ordem 'id desc' --quantidade 1 | tr -dc 0-9)
    example register 'ANA  LÍMA' 20 390.533.447-05 ana@example.org >"$output" 2>&1
    example register 'Outra' 30 259.982.247-25 outra@example.org >"$output" 2>&1
    fails 1 'suspects' example duplicates
    says "same name and age: 1 Ana Lima, $((last + 1)) ANA LÍMA"
    says "CPFs a swap apart: 1 Ana Lima, $((last + 2)) Outra"
    says '2 suspects'
}

nightly_export() {
    given_four
    works 'a fifth' example register Eva 7 390.533.447-05 eva@example.com
    works 'a sixth' example register Ivo 8 259.982.247-25 ivo@example.com
    rm -rf nightly
    mkdir nightly
    for days in 1 2 3 4 40; do
        : >"nightly/alunos-$(date -d "12:00 $days days ago" +%F).csv"
    done
    : >nightly/other.csv
    today=$(date +%F)
    works 'nightly_export' example nightly_export nightly --keep 3
    says 'event=exported'
    says 'students=6'
    same 'all of them and a heading' "$(wc -l <"nightly/alunos-$today.csv")" 7
    same 'three days, the token, and what is not its own' "$(find nightly -type f | wc -l)" 5
    works 'the last of them' test -e "nightly/alunos-$(date -d '12:00 2 days ago' +%F).csv"
    works 'again on the same day' example nightly_export nightly --keep 3
    works 'the file before is whole when this one fails' test -s "nightly/alunos-$today.csv"
    fails 7 'no service' env ALUNO_SERVER=tls+tcp://127.0.0.1:1 "$ALUNO" \
        "$ALUNO_SOURCE/examples/lua/nightly_export.lua" nightly --keep 1
    same 'and nothing is removed' "$(find nightly -name 'alunos-*.csv' | wc -l)" 3
    fails 2 'no folder' example nightly_export none
    its_changes
}

# As if the run of today had been yesterday's.
its_changes() {
    mv "nightly/alunos-$today.token" "nightly/alunos-$(date -d '12:00 yesterday' +%F).token"
    works 'a change' "$ALUNO" atualizar --id 6 --idade 9
    works 'a removal' "$ALUNO" deletar --id 6
    for run in first second; do
        works "the $run run of the next day" example nightly_export nightly --keep 3
        says 'changes=2'
        same 'each change' "$(cut -d , -f 3 "nightly/mudancas-$today.csv" | tr '\n' ' ')" 'kind UPDATED REMOVED '
    done
    echo none >"nightly/alunos-$(date -d '12:00 yesterday' +%F).token"
    fails 3 'a token of nobody' example nightly_export nightly --keep 3
}

begins_anew() {
    [ "$(grep -c watching seen)" = 2 ]
}

watch() {
    given_four
    spawn "$ALUNO" "$ALUNO_SOURCE/examples/lua/watch.lua" --state token >seen 2>&1
    watcher=$spawned
    await 'it watches' grep -q watching seen
    works 'a change' "$ALUNO" atualizar --id 1 --idade 21
    await 'it is seen' grep -q 'UPDATED	1	Ana Lima' seen
    kill_service
    start_service
    works 'a removal' "$ALUNO" deletar --id 1
    await 'it is seen, over a restart' grep -q 'REMOVED	1' seen
    kill -INT "$watcher"
    reap "$watcher"
    same 'Ctrl-C ends it' $? 130
    works 'a restoration meanwhile' "$ALUNO" restaurar --id 1
    works 'goes on where it ended' example watch --state token --changes 1
    says 'RESTORED	1	Ana Lima'
    empty_service
    spawn "$ALUNO" "$ALUNO_SOURCE/examples/lua/watch.lua" --state token --changes 1 >seen 2>&1
    watcher=$spawned
    await 'a token of another database: it begins anew' grep -q 'reason=WATCH_OTHER_DATABASE' seen
    await 'from now on' begins_anew
    works 'somebody new' example register Davi 9 123.456.789-09 davi@example.com
    reap "$watcher"
    same 'so many changes end it' $? 0
    works 'he is seen' grep -q 'CREATED	1	Davi' seen
}

cd "$work" || exit 1
make_certificates
start_service
run every_one_explains_itself register import_csv register_many lists duplicates nightly_export watch
stop_service
finish
