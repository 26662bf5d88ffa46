#!/bin/sh
# Recording a session at the prompt. Running the recording on an empty database creates the same students.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# Prints the students, removed ones too, one a line. Ids are left out: calls that are in flight together reach the
# service in any order. So are times.
students() {
    "$ALUNO" listar --removidos --formato json |
        jq -c 'map({name, age, br_document, email, removed: has("delete_time")}) | sort_by(.br_document)[]'
}

# Runs the prompt with a session on stdin.
converse() {
    "$ALUNO" --continuar >"$work/transcript" 2>&1
}

reported() {
    works "$1" grep -qF -e "$2" "$work/transcript"
}

# Records these lines as a session.
record_session() {
    empty_service
    rm -f sessao.*
    converse <<'END'
\gravar sessao.lua
criar
João da Silva
16
529.982.247-25
joao@example.com
criar
Ana
17
111.444.777-35
ana@example.com
criar
Bia
nove
9
935.411.347-80
bia@example.com
atualizar
11144477735

18
ana@example.org
criar --nome Eva --idade 200 --cpf 1 --email x
criar --nome Eva --idade 20 --cpf 111.444.777-35 --email eva@example.com
deletar
52998224725
restaurar --id 1
deletar --id 3
desfazer
atualizar --id 1 --nome "João Souza"
desfazer
listar --busca joao
listar

criar --nome Zoe --idade 1 --cpf 12345678909 --email zoe@example.com --apenas-validar
c = aluno.connect {}
for i = 1, 3 do c:create {nome = "Caio " .. i, idade = i, cpf = aluno.cpf.generate(i), email = "caio@example.com"} end
c:strict():delete {id = 5}
c:strict():delete {id = 5}
for student in c:each {page_size = 2} do print(student.id) end
aluno.commands.criar {nome = "Davi", idade = 7, cpf = aluno.cpf.generate(7), email = "davi@example.com"}
function made_up(name, n) return {nome = name, idade = n, cpf = aluno.cpf.generate(n), email = "e@example.com"} end
again = {request_id = "0b7d9a52-1c7e-4f3a-9d2e-0123456789ab"}
same = c:create(made_up("Elo", 8), again)
same = c:create(made_up("Elo", 8), again)
batch = c:lote {alunos = {made_up("Lia", 9), made_up("Leo", 10)}}
c:update {id = batch.students[2].id, student = {br_document = aluno.cpf.generate(11)}}
c:delete {cpf = aluno.cpf.generate(11)}
async = c:async()
futures = {}
for i = 12, 16 do futures[#futures + 1] = async:create(made_up("Iara", i)) end
futures[6] = async:create {nome = "Iara", idade = 200}
all = aluno.all(futures)
futures[7] = async:delete {id = all[1].id}
\gravar
criar --nome Fora --idade 1 --cpf 123.456.789-09 --email fora@example.com
deletar --cpf 123.456.789-09
c:restore {id = 16}
END
}

recorded() {
    if [ ! -e sessao.lua ] || [ ! -e sessao.dados.json ]; then
        record_session
    fi
}

a_session_is_recorded() {
    record_session
    reported 'the beginning' 'Gravando em sessao.lua; os dados pessoais ficam em sessao.dados.json. Para terminar: \gravar'
    reported 'the end' 'Gravação terminada: sessao.lua (chamadas: 33)'
    works 'failures are comments' grep -qx -e '-- criar falhou: CPF_TAKEN' sessao.lua
    works 'also those found before sending' grep -qx -e '-- criar falhou: FIELDS_INVALID' sessao.lua
    works 'ids are references' grep -qx 's.aluno1 = c:restaurar {id = s.aluno1.id}' sessao.lua
}

the_script_holds_no_personal_data() {
    recorded
    fails 1 'nobody is in the script' grep -E 'João|Ana|Bia|Caio|Eva|Iara|joao|@|[0-9]{5}|Fora' sessao.lua
    same 'the data is for its owner alone' "$(stat -c %a sessao.dados.json)" 600
    same 'and holds it' "$(jq -r .aluno2.email2 sessao.dados.json)" ana@example.org
    fails 1 'of what was recorded alone' grep -E 'Fora|Eva' sessao.dados.json
}

it_gives_the_same_students() {
    record_session
    students >"$work/before"
    empty_service
    works 'the recorded script' "$ALUNO" sessao.lua
    works 'again as a session ends' "$ALUNO" criar --nome Fora --idade 1 --cpf 12345678909 --email fora@example.com
    works 'again its end' "$ALUNO" deletar --cpf 12345678909
    works 'again, and back' "$ALUNO" restaurar --id 16
    students >"$work/after"
    works 'the same students' diff "$work/before" "$work/after"
    fails 5 'a second time the CPFs are taken' "$ALUNO" sessao.lua
    says 'Outro aluno já tem este CPF'
}

# With other data and other ids the script concerns the students that its data names.
it_is_for_others_too() {
    recorded
    empty_service
    works 'somebody who was there' "$ALUNO" criar --nome Rui --idade 40 --cpf 98765432100 --email rui@example.com
    mkdir other
    cp sessao.lua other/
    sed 's/João da Silva/Juan da Silva/; s/52998224725/39053344705/' sessao.dados.json >other/data.json
    works 'with a file that is named' "$ALUNO" other/sessao.lua other/data.json
    same 'by other data' "$("$ALUNO" obter --id 2 --campos nome,cpf)" \
        '{"name": "Juan da Silva", "br_document": "39053344705"}'
    fails 1 'without its data' "$ALUNO" other/sessao.lua
    says 'other/sessao.dados.json'
    works 'it explains itself' "$ALUNO" sessao.lua --help
    works 'in a service for tests' "$ALUNO" testar sessao.lua
}

files_are_not_overwritten() {
    recorded
    cp sessao.lua "$work/kept"
    printf '%s\n' '\gravar sessao.lua' '\gravar' '\gravar sessao.txt' '\gravar none/a.lua' >"$work/commands"
    converse <"$work/commands"
    reported 'the data' 'Não dá para gravar: sessao.dados.json: já existe'
    reported 'no recording' 'Nada está sendo gravado. Para começar: \gravar sessao.lua'
    reported 'another name' 'o nome do script termina em .lua, não é sessao.txt'
    reported 'no folder' 'Não dá para gravar: none/a.dados.json: não existe'
    mv sessao.dados.json data.json
    echo '\gravar sessao.lua' | converse
    reported 'the script' 'Não dá para gravar: sessao.lua: já existe'
    works 'it is as it was' diff sessao.lua "$work/kept"
    fails 1 'no data for a script that was not made' test -e sessao.dados.json
    fails 2 'once' "$ALUNO" '\gravar' once.lua
    says '\gravar é para o prompt'
    fails 1 'nothing is made' test -e once.lua
}

# A limit on file sizes simulates a full disk.
a_full_disk_ends_it() {
    empty_service
    {
        echo '\gravar full.lua'
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            echo "criar --nome 'Nome Bem Comprido' --idade $i --cpf $((20000000000 + i)) --email alguem.comprido@example.com"
        done
        echo '\gravar'
    } >"$work/commands"
    (
        trap '' XFSZ
        ulimit -f 4
        "$ALUNO" --continuar <"$work/commands" 2>&1
    ) | cat >"$work/transcript"
    reported 'why' 'A gravação parou: File too large'
    reported 'it is over' 'Nada está sendo gravado'
    same 'the calls go on' "$("$ALUNO" listar | wc -l)" 20
    works 'the data is whole' jq -e . full.dados.json
    same 'no half of it is left' "$(find . -name 'full.*.tmp')" ''
}

leaving_ends_it() {
    empty_service
    works 'somebody' "$ALUNO" criar --nome Rui --idade 40 --cpf 39053344705 --email rui@example.com
    printf '%s\n' '\record english.lua' 'delete --cpf 39053344705' >"$work/commands"
    "$ALUNO" --lang en <"$work/commands" >"$work/transcript" 2>&1
    reported 'in English' 'Recording into english.lua; personal data goes to english.data.json. To end it: \record'
    works 'whole when the input ends' grep -qx 's.student1 = c:delete {br_document = p.student1.br_document}' english.lua
    same 'with its data' "$(jq -c . english.data.json)" '{"student1":{"br_document":"39053344705"}}'
}

cd "$work" || exit 1
export ALUNO_TIMEOUT=60 # what the prompt asks in passing has time on a busy machine, too
make_certificates
start_service
run a_session_is_recorded the_script_holds_no_personal_data it_gives_the_same_students it_is_for_others_too \
    files_are_not_overwritten a_full_disk_ends_it leaving_ends_it
stop_service
finish
