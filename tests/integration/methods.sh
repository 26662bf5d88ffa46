#!/bin/sh
# Every method of the contract, called by the shell's commands and by Lua over mutual TLS: effects, replies, errors and
# permissions.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

create() { # NAME AGE CPF EMAIL
    "$ALUNO" criar --nome "$1" --idade "$2" --cpf "$3" --email "$4"
}

# Prints only the stdout of a command.
only_stdout() {
    "$@" 2>/dev/null
}

# Runs a line of Lua with a client `c`.
lua() {
    run_lua "local c <close> = assert(aluno.connect {}) $1" 2>&1
}

# Starts a service with one student, João: [CPF].
given_joao() {
    empty_service
    works 'João' create 'João da Silva' 16 "${1:-52998224725}" Joao@Example.com
    joao=$(value id <"$output")
}

values_are_normalised() {
    empty_service
    works 'create' create '  João   da  Silva ' 16 529.982.247-25 Joao@Example.com
    says '"name": "João da Silva", "age": 16, "br_document": "52998224725", "email": "Joao@Example.com", "etag": "1"'
    same 'without a warning' "$(grep -c Aviso "$output")" 0
    works 'a name in two code points a letter' create "$(printf 'Jose\314\201')" 0 111.444.777-35 jose@example.com
    says '"name": "José", "age": 0,'
    works 'zeros on the left stay' create 'Zé Ninguém' 150 000.000.001-91 ze@example.com
    says '"br_document": "00000000191"'
    fails 3 'and are never guessed' "$ALUNO" obter --cpf 191
    says 'o CPF deve ter 11 dígitos (3)'
}

wrong_check_digits_are_reported() {
    empty_service
    works 'the example of a document' create 'aluno teste' 16 123.123.123-13 email@email.com
    says '"br_document": "12312312313"'
    says 'Aviso: CPF do aluno: os dígitos verificadores do CPF não conferem'
    same 'the warning leaves stdout clean' \
        "$(only_stdout "$ALUNO" atualizar --cpf 12312312313 --idade 17 | grep -c '^{.*"age": 17.*}$')" 1
    same 'Lua: in the metadata of the reply' "$(lua 'local student, err, metadata = c:criar {name = "outro teste",
        idade = 1, cpf = "52998224724", email = "a@b.c"} print(err, #metadata.warnings,
        metadata.warnings[1].field, metadata.warnings[1].written, metadata.warnings[1].reason)')" \
        'nil	1	student.br_document	cpf	CPF_CHECK_DIGIT'
}

every_violation_is_reported_at_once() {
    fails 3 'four bad values' create 12 151 111.111.111-11 nobody
    says 'Nome do aluno: o nome é apenas um número'
    says 'Idade do aluno: a idade deve estar entre 0 e 150'
    says 'CPF do aluno: o CPF é um único dígito repetido'
    says 'e-mail do aluno: o endereço de e-mail não é válido'
    fails 3 'nothing given' "$ALUNO" criar --nome '   '
    says 'Nome do aluno: o nome está vazio'
    says 'Idade do aluno: o campo é obrigatório'
    fails 3 'what the service requires' "$ALUNO" criar --nome Ana --nascimento 5/3/2010
    says 'CPF do aluno: o campo é obrigatório'
    says 'e-mail do aluno: o campo é obrigatório'
    fails 3 'an age in words' create Ana vinte 52998224725 a@b.c
    says 'Idade do aluno: O valor deve ser um número inteiro'
    same 'Lua: every violation with its reason' "$(lua 'local none, err = c:create {name = "A\nB", age = -1,
        br_document = "123", email = "a@b@c"} print(none, err.code, err.reason)
        for _, v in ipairs(err.violations) do print(v.field, v.reason) end')" \
        "nil	INVALID_ARGUMENT	FIELDS_INVALID
student.name	NAME_CONTROL_CHARACTER
student.age	AGE_RANGE
student.br_document	CPF_LENGTH
student.email	EMAIL_SYNTAX"
    works 'nothing was created' "$ALUNO" listar
    same 'by any of them' "$(grep -c 'Ana\|nobody' "$output")" 0
}

two_languages() {
    given_joao
    fails 5 'Portuguese' create Ana 20 52998224725 a@b.c
    says 'Outro aluno já tem este CPF. Procure esse aluno pelo CPF'
    fails 5 'English' "$ALUNO" --lang en create --name Ana --age 20 --br-document 52998224725 --email a@b.c
    says 'Another student already has this CPF. Look that student up by the CPF'
    fails 3 'English violations' "$ALUNO" --lang en create --name Ana --age 200 --br-document 1 --email a@b.c
    says "Student's age: the age must be from 0 to 150"
    says "Student's CPF: the CPF must have 11 digits (1)"
    fails 4 'by the environment' env ALUNO_LANG=en "$ALUNO" get --id 999999
    says 'There is no such student. Check the id or CPF'
}

a_student_is_read_by_id_or_cpf() {
    given_joao
    works 'by id' "$ALUNO" obter --id "$joao"
    says '"name": "João da Silva"'
    works 'by CPF with dots' "$ALUNO" obter --cpf 529.982.247-25
    says "\"id\": $joao,"
    fails 4 'an unknown CPF' "$ALUNO" obter --cpf 935.411.347-80
    says 'Não há um aluno assim. Confira o id ou o CPF'
    fails 3 'both' "$ALUNO" obter --id "$joao" --cpf 52998224725
    says 'só um destes campos pode ser informado'
    fails 3 'neither' "$ALUNO" obter
    says 'o campo é obrigatório'
}

an_update_changes_what_is_present() {
    given_joao
    works 'another student' create 'José' 0 11144477735 jose@example.com
    before=$("$ALUNO" obter --id "$joao")
    works 'only the age' "$ALUNO" atualizar --cpf 529.982.247-25 --idade 17
    same 'nothing else' "$(sed 's/"etag.*//' "$output")" "$(echo "$before" | sed 's/"age": 16/"age": 17/; s/"etag.*//')"
    same 'the etag is another' "$(value etag <"$output")" 2
    works 'what was stored is what was answered' "$ALUNO" obter --id "$joao"
    says '"age": 17'
    works 'the CPF, by id' run_lua 'local c <close> = assert(aluno.connect {})
        assert(c:update {id = math.tointeger(arg[1]), student = {br_document = "935.411.347-80"}})' "$joao"
    works 'the new CPF leads to the student' "$ALUNO" obter --cpf 93541134780
    says "\"id\": $joao,"
    fails 4 'the old one to nobody' "$ALUNO" obter --cpf 52998224725
    same 'another student keeps the CPF' "$(lua "local none, err = c:update {id = $joao, student = {br_document =
        '11144477735'}} print(none, err.code, err.reason)")" 'nil	ALREADY_EXISTS	CPF_TAKEN'
    fails 4 'nobody to update' "$ALUNO" atualizar --id 999999 --idade 3
    fails 3 'a bad value' "$ALUNO" atualizar --id "$joao" --idade 300
    same 'a new value of no field' "$("$ALUNO" obter --id "$joao" | value age)" 17
}

a_removal_frees_the_cpf() {
    given_joao 93541134780
    works 'remove' "$ALUNO" deletar --cpf 935.411.347-80
    says '"delete_time": '
    says "\"id\": $joao,"
    fails 4 'it cannot be read' "$ALUNO" obter --id "$joao"
    fails 4 'nor removed again' "$ALUNO" deletar --cpf 93541134780
    fails 4 'nor changed' "$ALUNO" atualizar --id "$joao" --idade 20
    same 'nor is it listed' "$("$ALUNO" listar | grep -c "\"id\": $joao,")" 0
    works 'another student gets the CPF' create 'Maria Souza' 15 93541134780 maria@example.com
    [ "$(value id <"$output")" -gt "$joao" ] || not_ok 'an id is not given twice'
}

a_repeated_request_is_applied_once() {
    same 'the same reply' "$(lua 'local id = {request_id = "8f14e45f-ceea-467f-a1f6-3c5a9d9b2b10"}
        local first = assert(c:create({name = "Uma Vez", age = 9, br_document = "12345678909", email = "a@b.c"}, id))
        local again, err, metadata = c:create({name = "Uma Vez", age = 9, br_document = "12345678909", email = "a@b.c"}, id)
        print(again.id == first.id, metadata.replayed)
        local none, err = c:create({name = "Duas", age = 9, br_document = "12345678909", email = "a@b.c"}, id)
        print(none, err.reason)')" 'true	true
nil	REQUEST_ID_REUSED'
}

pages_hold_every_student_once() {
    start=$("$ALUNO" listar | wc -l)
    lua 'for i = 1, 250 do assert(c:create {name = ("Página %d"):format(i), age = i % 100,
        br_document = ("%011d"):format(20000000000 + i), email = "p@example.com"}) end'
    total=$((start + 250))
    same 'all, by the command' "$("$ALUNO" listar | grep -c '^{"id": ')" "$total"
    same 'one page, by the command' "$("$ALUNO" listar --quantidade 7 | grep -c '^{"id": ')" 7
    same 'page by page' "$(lua 'local seen, pages, last, token = 0, 0, 0
        repeat
            local page = assert(c:list {page_size = 33, page_token = token})
            for _, student in ipairs(page.students) do
                assert(student.id > last, "skipped back")
                seen, last = seen + 1, student.id
            end
            pages, token = pages + 1, page.next_page_token
            assert(token == nil or #page.students == 33, "a short page that is not the last")
            local size = page.total_size
            if not token then print(seen, size, pages) end
        until not token')" "$total	$total	$(((total + 32) / 33))"
    same 'each()' "$(lua 'local n = 0 for student in c:each {page_size = 10} do n = n + 1 end print(n)')" "$total"
    same 'no page is empty at the end' "$(lua "local page = assert(c:list {page_size = 100})
        local n = $total - 200 local second = assert(c:list {page_size = 100, page_token = page.next_page_token})
        local third = assert(c:list {page_size = n, page_token = second.next_page_token})
        print(#third.students, third.next_page_token)")" "$((total - 200))	nil"
    same 'a token that nobody gave' "$(lua 'for _, token in ipairs {"x", "id-0", "id-zz", "id-1 ", "id-00001"} do
        local none, err = c:list {page_token = token} print(none, err.reason, err.violations[1].reason) end' | sort -u)" \
        'nil	FIELDS_INVALID	PAGE_TOKEN_INVALID'
    for size in 0 101 -1; do
        fails 3 "a page of $size" "$ALUNO" listar --quantidade "$size"
        says 'Quantidade de alunos (max: 100): '
    done
    fails 3 'a page of many' "$ALUNO" listar --quantidade muitos
    says 'O valor deve ser um número inteiro'
}

the_service_describes_itself() {
    works 'health' "$ALUNO" saude
    says '{"status": "SERVING"}'
    works 'info' "$ALUNO" servidor
    says '"cpf_check": "warn", "caller_name": "rita", "caller_role": "registrar"'
    says '"required": "br_document,email"'
    works 'describe' "$ALUNO" descrever
    says '"name": "aluno.v1.StudentService/CreateStudent", "request": "CreateStudentRequest", "reply": "Student", "mutates": true, "role": "registrar"'
    says '"message": "Student", "name": "age", "kind": "int", "presence": "either", "min": 0, "max": 150'
    works 'describe one' "$ALUNO" --lang en describe --method grpc.health.v1.Health/Check
    says '"doc": "returns whether calls are served"'
    same 'only that one' "$(grep -c CreateStudent "$output")" 0
    fails 1 'an unknown method' "$ALUNO" descrever --metodo aluno.v1.StudentService/Fly
    says 'O serviço não tem este método'
    same 'the service and the client know the same methods' "$(lua 'local known = 0
        for _, method in ipairs(assert(c:describe {}).methods) do
            for _, own in ipairs(aluno.schema.methods) do known = known + (own.name == method.name and 1 or 0) end
        end print(known == #aluno.schema.methods)')" true
}

# The client describes the contract without the service, in each format.
the_contract_is_data() {
    same 'metodos' "$("$ALUNO" metodos --formato csv | head -n 2)" "$(printf '%s\n' 'verbo,nome,papel,descricao' \
        'criar,aluno.v1.StudentService/CreateStudent,registrar,cadastra um aluno')"
    same 'metodos, columns' "$("$ALUNO" --lang en methods --format ndjson --fields role,verb | grep '"metrics"')" \
        '{"role": "admin", "verb": "metrics"}'
    same 'descrever' "$("$ALUNO" descrever deletar --formato csv --campos mensagem,campo,tipo,maximo | head -n 3)" \
        "$(printf '%s\n' 'mensagem,campo,tipo,maximo' 'DeleteStudentRequest,id,int,9223372036854775807' \
            'DeleteStudentRequest,br_document,text,44')"
    same 'explicar' "$("$ALUNO" explicar nothing-to-undo --formato json --campos codigo,o_que_fazer)" \
        '{"code": "FAILED_PRECONDITION", "remedy": "a sessão desfaz as próprias mudanças: aluno historico"}'
    works 'stubs' "$ALUNO" stubs
    says 'function client:criar(request, options) end'
    # shellcheck disable=SC2016 # the inner shell expands it
    works 'which is Lua' sh -c '"$1" stubs >"$2" && "$1" "$2"' - "$ALUNO" "$work/aluno.meta.lua"
}

# The service's log has a caller's trace. An invalid trace is refused, and is not logged.
calls_are_traced() {
    trace=4bf92f3577b34da6a3ce929d0e0e4736
    same 'a change in a trace' "$(lua "print(assert(c:create({name = 'Traçada', age = 8, br_document = '01234567890',
        email = 'a@b.c'}, {traceparent = '00-$trace-00f067aa0ba902b7-01',
        request_id = '0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d'})).name)")" 'Traçada'
    await 'its line in the log' logged "trace=$trace"
    same 'its line in the log' "$(grep -F "trace=$trace" "$log" | sed 's/^.* caller/caller/; s/ms=[0-9]*/ms=/')" \
        "caller=rita code=OK ms= request_id=0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d trace=$trace"
    same 'a refusal in a trace' "$(as leo lua "local none, err = c:get({id = 999999}, {traceparent =
        '00-${trace%6}7-00f067aa0ba902b7-01'}) print(none, err.reason)")" 'nil	STUDENT_NOT_FOUND'
    await 'the log has the trace of a refusal' logged "trace=${trace%6}7"
    logged "reason=STUDENT_NOT_FOUND" || not_ok 'the log has the reason of a refusal'
    same 'no trace' "$(lua "local none, err = c:get({id = 1}, {traceparent = '00-$trace-00f067aa0ba902b7'})
        print(none, err.reason, err.violations[1].field, err.violations[1].reason)")" \
        'nil	FIELDS_INVALID	traceparent	TRACEPARENT_SYNTAX'
    works 'the CPF is free again' "$ALUNO" deletar --cpf 01234567890
}

# A caller may call the methods of its role and of lower ones. Others fail with exit code 6 and name both roles.
roles_decide() {
    works 'a student to read' create 'Papel Teste' 20 01234567890 papel@example.com
    everyone='saude'
    any_role='servidor descrever'
    readers='obter@--cpf@01234567890 listar@--quantidade@1'
    auditors='auditoria@listar'
    registrars='atualizar@--cpf@01234567890@--idade@21 deletar@--cpf@01234567890
        criar@--nome@Papel@--idade@1@--cpf@01234567890@--email@p@example.com'
    may nobody "$everyone" "$any_role $readers $registrars $auditors"
    may leo "$everyone $any_role $readers" "$registrars $auditors"
    may rita "$everyone $any_role $readers $registrars" "$auditors"
    may ana "$everyone $any_role $readers $registrars" "$auditors"
    may vera "$everyone $any_role $auditors" "$readers $registrars"
    fails 6 'in words' as leo "$ALUNO" deletar --cpf 01234567890
    says 'O papel do certificado não permite isto (reader < registrar). Peça um certificado com o papel indicado'
    await 'the log names the caller and the reason' logged 'caller=leo code=PERMISSION_DENIED reason=ROLE_MISSING'
    same 'Lua' "$(as leo "$ALUNO" -e 'local none, err = assert(aluno.connect {}):delete {id = 1}
        print(none, err.code, err.reason, err.retryable)')" 'nil	PERMISSION_DENIED	ROLE_MISSING	false'
}

# A reader sees personal values masked, wherever they come from; --reveal lets it see those of one student, for a purpose.
readers_see_masked_values() {
    works 'a student to see' create 'Segredo Teste' 20 093.541.134-09 segredo@example.com
    id=$(value id <"$output")
    for call in "obter --id $id" "obter 09354113409" "listar --busca segredo@example.com" "listar --formato csv --busca segredo"; do
        # shellcheck disable=SC2086 # words of a command
        works "$call" as leo "$ALUNO" $call
        says '***.541.134-**'
        says 's***@example.com'
        # shellcheck disable=SC2086
        same "$call shows no more" "$(as leo only_stdout "$ALUNO" $call | grep -cE '09354113409|segredo@')" 0
    done
    works 'an export' as leo "$ALUNO" exportar "$work/masked.csv"
    says 'mascarados para o seu papel'
    fails 3 'a masked value is not stored' "$ALUNO" atualizar --id "$id" --email 's***@example.com'
    says 'o valor está mascarado'
    fails 6 'removed students' as leo "$ALUNO" listar --removidos
    says 'show_deleted: reader < registrar'
    fails 6 'part of a CPF' as leo "$ALUNO" listar 541.134
    fails 6 'revealing, which this service does not' as leo "$ALUNO" revelar "$id" --finalidade 'emitir o boletim'
    fails 3 'without a purpose' "$ALUNO" revelar "$id"
    works 'a registrar' "$ALUNO" revelar "$id" --finalidade 'emitir o boletim'
    says '09354113409'
    works 'the CPF is free again' "$ALUNO" deletar --id "$id"
}

# NAME, the commands allowed and those refused; their words are joined by @ (an e-mail's own @ is the last).
may() {
    for call in $2; do
        works "$1 may ${call%%@*}" as "$1" call "$call"
    done
    for call in $3; do
        fails 6 "$1 may not ${call%%@*}" as "$1" call "$call"
    done
}

call() {
    words=$(echo "$1" | sed 's/@example.com/%example.com/; s/@/ /g; s/%/@/')
    # shellcheck disable=SC2086 # words of a command
    "$ALUNO" $words
}

strict_mode_refuses_wrong_check_digits() {
    empty_service
    works 'stored before' create 'aluno teste' 16 12312312313 email@email.com
    stop_service
    start_service --cpf-check strict
    works 'the service says so' "$ALUNO" servidor
    says '"cpf_check": "strict"'
    fails 3 'create' create 'aluno novo' 16 123.123.124-13 email@email.com
    says 'CPF do aluno: os dígitos verificadores do CPF não conferem'
    works 'a right one' create 'aluno novo' 16 52998224725 email@email.com
    fails 3 'update' run_lua 'local c <close> = assert(aluno.connect {})
        local student, err = c:update {br_document = "52998224725", student = {br_document = "52998224724"}}
        os.exit(err.violations[1].reason == "CPF_CHECK_DIGIT" and 3 or 1, true)'
    works 'what was stored before can be read' "$ALUNO" obter --cpf 12312312313
    works 'and removed' "$ALUNO" deletar --cpf 12312312313
}

a_school_may_do_without_cpfs() {
    empty_service
    stop_service
    start_service --require none
    works 'the service says so' "$ALUNO" servidor
    says '"required": ""'
    works 'a birth date instead of an age' "$ALUNO" criar --nome 'Ana Lima' --nascimento 05/03/2010
    says '"birth_date": "2010-03-05"'
    fails 3 'the age follows' "$ALUNO" atualizar --id 1 --idade 99
    says 'Idade do aluno: o aluno tem data de nascimento, e a idade vem dela'
    works 'also in searches' "$ALUNO" listar --busca 'idade>=15' --ordem idade
    says 'Ana Lima'
    works 'a dry run' "$ALUNO" criar --nome 'ANA LIMA' --nascimento 2010-03-05 --apenas-validar
    says 'já há um aluno com este nome e mais ou menos esta idade (1, Ana Lima)'
    printf 'nome;data de nascimento\nBia Torres;01/02/2011\n' >"$work/class.csv"
    works 'a file without the columns' "$ALUNO" importar "$work/class.csv"
    works 'is imported' "$ALUNO" listar --busca bia
    says '"birth_date": "2011-02-01"'
}

make_certificates
start_service
run values_are_normalised wrong_check_digits_are_reported every_violation_is_reported_at_once two_languages \
    a_student_is_read_by_id_or_cpf an_update_changes_what_is_present a_removal_frees_the_cpf \
    a_repeated_request_is_applied_once pages_hold_every_student_once the_service_describes_itself \
    the_contract_is_data calls_are_traced \
    roles_decide readers_see_masked_values strict_mode_refuses_wrong_check_digits a_school_may_do_without_cpfs
stop_service
finish
