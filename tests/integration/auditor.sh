#!/bin/sh
# The audit, read by who may: aluno auditoria listar and incidente over mutual TLS. One service: what a reader saw and a
# registrar changed is in the audit, with ids, fields and certificate, and the incident's numbers are those.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

audit() { # with an auditor's certificate
    as vera "$ALUNO" auditoria "$@"
}

as_json() {
    audit listar --formato ndjson "$@"
}

# How many events a list has.
count() {
    as_json "$@" >"$work/events" 2>&1 || cat "$work/events" >&2
    grep -c '^{' "$work/events"
}

serial_of() {
    openssl x509 -in "$ca/clients/$1.crt" -noout -serial | sed 's/.*=//; s/../&:/g; s/:$//'
}

today=$(date +%d/%m/%Y)

given_what_happened() {
    start_service
    works 'Ana' "$ALUNO" criar --nome 'Ana Souza' --idade 10 --cpf 52998224725 --email ana@example.com
    works 'Beto' "$ALUNO" criar --nome 'Beto Lima' --idade 11 --cpf 11144477735 --email beto@example.com
    works 'Caio' "$ALUNO" criar --nome 'Caio Reis' --idade 12 --cpf 12345678909 --email caio@example.com
    works 'an update' "$ALUNO" atualizar --id 1 --idade 13
    works 'a removal' "$ALUNO" deletar --id 3
    works 'leo lists' as leo "$ALUNO" listar --formato ndjson
    works 'leo gets' as leo "$ALUNO" obter --id 1
    fails 4 'leo gets nobody' as leo "$ALUNO" obter --id 99
    fails 6 'leo may not remove' as leo "$ALUNO" deletar --id 1
    fails 6 'leo may not read the audit' as leo "$ALUNO" auditoria listar
    fails 6 'rita may not' "$ALUNO" auditoria listar
}

events_tell_who_did_what() {
    works 'what leo did' as_json --certificado leo
    same 'five calls' "$(grep -c '^{' "$output")" 5
    says '"method": "aluno.v1.StudentService/ListStudents", "student_ids": "1-2"'
    says '"method": "aluno.v1.StudentService/GetStudent", "student_ids": "1"'
    says '"caller_name": "leo"'
    says '"code": "NOT_FOUND"'
    says '"code": "PERMISSION_DENIED"'
    same 'by serial number, as openssl writes it' "$(count --certificado "$(serial_of leo)")" 5
    same 'of one student' "$(count --aluno 1 --certificado rita)" 2
    same 'of one method' "$(count --metodo UpdateStudent)" 1
    works 'an update' as_json --metodo aluno.v1.StudentService/UpdateStudent
    says '"student_ids": "1"'
    says '"fields": "age"'
    same 'refused' "$(count --codigo PERMISSION_DENIED --metodo DeleteStudent)" 1
    same 'today' "$(count --certificado leo --de "$today" --ate "$today")" 5
    same 'not in another year' "$(count --de 01/01/2001 --ate 2001-12-31T23:59:59Z)" 0
    works 'a table for people' audit listar --certificado leo --formato tabela
    says 'GetStudent'
    works 'CSV' audit listar --certificado leo --formato csv
    says ',leo,'
    works 'JSON' audit listar --certificado leo --formato json
    works 'in English' as vera "$ALUNO" --lang en audit list --certificate leo --format ndjson
    same 'and whoever read the audit' \
        "$(count --certificado vera --metodo ListAuditEvents --codigo OK | sed 's/^[1-9][0-9]*$/many/')" many
}

only_the_auditor_reads_it() {
    for name in nobody ana; do
        fails 6 "$name" as "$name" "$ALUNO" auditoria listar
        fails 6 "$name, by its method" as "$name" "$ALUNO" -e 'assert(aluno.connect {}:audit())'
    done
    fails 6 'nor does the auditor read students' as vera "$ALUNO" obter --id 1
    says '(auditor != reader)'
    works 'but who serves' as vera "$ALUNO" servidor
    same 'refusals are recorded' "$(count --certificado ana --metodo ListAuditEvents --codigo PERMISSION_DENIED)" 2
}

bad_input_is_refused() {
    fails 2 'no action' audit
    fails 2 'another action' audit apagar
    says 'listar ou incidente'
    fails 2 'no moment' audit listar --de 30/02/2026
    says "--de: '30/02/2026' não é um momento"
    fails 2 'no time' audit listar --ate '16/11/2026 25:00'
    fails 3 'an end before the beginning' audit listar --de 02/01/2026 --ate 01/01/2026
    says 'Até (ms Unix)'
    fails 3 'no method' audit listar --metodo ExpelStudent
    says 'o serviço não tem este método'
    fails 3 'no code' audit listar --codigo BAD
    fails 2 'no certificate' audit incidente
    says '--certificado NOME'
    fails 2 'no kind of file' audit incidente --certificado leo --saida incidente.pdf
    says '.csv'
    fails 2 'a flag of the other action' audit listar --saida a.csv
    fails 2 'names need another certificate' audit incidente --certificado leo --com-nomes
    says 'Em dois passos'
}

an_incident_counts() {
    works 'of a reader' audit incidente --certificado leo --de "$today" --formato ndjson
    says 'Alunos: 2; consultas: 2; alterações: 0; tentativas recusadas: 3'
    says '"id": 1, "seen": "name,age,br_document,email", "changed": "", "reads": 2, "changes": 0'
    says '"id": 2, "seen": "name,age,br_document,email", "changed": "", "reads": 1, "changes": 0'
    works 'of a registrar' audit incidente --certificado rita --formato ndjson
    says 'Alunos: 3; consultas: 0; alterações: 5; tentativas recusadas: 1'
    says '"id": 1, "seen": "", "changed": "name,age,br_document,email", "reads": 0, "changes": 2'
    says '"id": 3, "seen": "name,age,br_document,email", "changed": "name,age,br_document,email,delete_time"'
    works 'a table' audit incidente --certificado leo --formato tabela
    says 'nome,idade,cpf,email'
}

a_notice_is_drafted() {
    works 'the draft' audit incidente --certificado leo --de "$today" --saida "$work/comunicado.md"
    same 'is its owner'"'"'s alone' "$(stat -c %a "$work/comunicado.md")" 600
    draft=$(cat "$work/comunicado.md")
    for words in 'Titulares atingidos: 2 (com dados vistos: 2; com dados alterados: 0)' 'Certificado: leo;' \
        'Consultas atendidas: 2; alterações feitas: 0; tentativas recusadas: 3' \
        'Vistos: Nome do aluno, Idade do aluno, CPF do aluno, e-mail do aluno'; do
        case $draft in
        *"$words"*) ;;
        *) not_ok "the draft lacks: $words" ;;
        esac
    done
    same 'an address has no port' "$(grep -c 'endereços: 127.0.0.1$' "$work/comunicado.md")" 1
    fails 2 'a file stays' audit incidente --certificado leo --saida "$work/comunicado.md"
    works 'unless it may go' audit incidente --certificado leo --saida "$work/comunicado.md" --sobrescrever
    works 'the list' audit incidente --certificado leo --saida "$work/incidente.csv"
    same 'is its owner'"'"'s alone' "$(stat -c %a "$work/incidente.csv")" 600
    same 'nobody is in the audit, the draft or the list' \
        "$(cat "$db-audit"/* "$work/comunicado.md" "$work/incidente.csv" |
            grep -caiE 'ana souza|beto lima|caio reis|dora melo|52998224725|529\.982|example\.com')" 0
    works 'names, with another certificate' as ana "$ALUNO" auditoria incidente --arquivo "$work/incidente.csv" --com-nomes \
        --saida "$work/pessoas.csv"
    same 'are those' "$(cut -d, -f1,2 "$work/pessoas.csv")" 'id,nome
1,Ana Souza
2,Beto Lima'
    fails 6 'which an auditor has not' audit incidente --arquivo "$work/incidente.csv" --com-nomes
    rm "$work/pessoas.csv"
}

# More events than pages have, and read while each page adds one.
many_events_are_all_read() {
    works '150 reads' as ana "$ALUNO" -e 'local c <close> = assert(aluno.connect {})
        local dora = assert(c:create {name = "Dora Melo", age = 9, br_document = "000.000.001-91", email = "dora@example.com"})
        print(dora.id)
        for _ = 1, 150 do assert(c:get {id = dora.id}) end'
    dora=$(cat "$output")
    works 'all' as_json --aluno "$dora" --certificado ana --metodo GetStudent
    same 'are there once' "$(grep '^{' "$output" | sed 's/.*"sequence": \([0-9]*\).*/\1/' | sort -un | wc -l)" 150
    works 'an incident over pages' audit incidente --certificado ana --formato ndjson
    says "\"id\": $dora, \"seen\": \"name,age,br_document,email\", \"changed\": \"name,age,br_document,email\", \"reads\": 150"
}

make_certificates
given_what_happened
run events_tell_who_did_what only_the_auditor_reads_it bad_input_is_refused an_incident_counts a_notice_is_drafted \
    many_events_are_all_read
stop_service
finish
