#!/bin/sh
# Scripts from files with arguments, from -e and from stdin; their failures; the examples in C against a real service.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

c_examples=$ALUNO_BUILD/examples

# Prints a command's stdout, and stores its stderr in $output.
stdout_of() {
    "$@" 2>"$output"
}

arguments_reach_a_script() {
    printf 'print(#arg, arg[0], arg[1], arg[2], ...)\n' >"$work/arguments.lua"
    same 'a file' "$(stdout_of "$ALUNO" "$work/arguments.lua" a 'b c')" "2	$work/arguments.lua	a	b c	a	b c"
    same 'options of the client end at the script' \
        "$(stdout_of "$ALUNO" --lang en "$work/arguments.lua" --lang pt)" "2	$work/arguments.lua	--lang	pt	--lang	pt"
    same 'a line' "$(stdout_of "$ALUNO" -e 'print(#arg, arg[0], ...)' x y)" '2	-e	x	y'
    same 'the input' "$(stdout_of "$ALUNO" - one two <"$work/arguments.lua")" '2	-	one	two	one	two'
    printf '#!/usr/bin/env aluno\nprint "run"\n' >"$work/hash.lua"
    same 'a first line for the shell' "$(stdout_of "$ALUNO" "$work/hash.lua")" run
}

a_script_that_fails_is_reported() {
    fails 1 'a missing file' "$ALUNO" "$work/none.lua"
    says "$work/none.lua"
    printf 'print("before")\nlocal x = = 1\n' >"$work/wrong.lua"
    fails 1 'no Lua' "$ALUNO" "$work/wrong.lua"
    says "aluno: $work/wrong.lua:2: unexpected symbol near '='"
    same 'nothing of it ran' "$(grep -c before "$output")" 0
    printf 'print("before")\nerror("on purpose")\n' >"$work/raises.lua"
    fails 1 'an error' "$ALUNO" "$work/raises.lua"
    says "aluno: $work/raises.lua:2: on purpose"
    says 'stack traceback'
    fails 1 'misuse below a function of its own' run_lua 'local function f() aluno.cpf.generate "x" end f()'
    says "(-e):1: in local 'f'"
    same 'and no file of the client' "$(grep -cE '\[C\]|aluno/' "$output")" 0
    same 'what was printed stays' "$(stdout_of "$ALUNO" "$work/raises.lua")" before
    fails 42 'an exit code of its own' "$ALUNO" -e 'os.exit(42, true)'
    fails 3 'assert reports an error of the service, with the exit code of its class' run_lua 'local c = assert(aluno.connect {})
        assert(c:create {name = "Ana", age = 200, br_document = "1", email = "x"})'
    says 'Há campos inválidos; age: a idade deve estar entre 0 e 150; br_document: '
}

failures_are_values_and_misuse_raises() {
    same 'nil, err' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {})
        local student, err = c:get {br_document = "52998224725"}
        print(student, err.code, err.reason, err.retryable, #err.violations, err.message, err.remedy)
        print(err)')" 'nil	NOT_FOUND	STUDENT_NOT_FOUND	false	0	não há um aluno assim	confira o id ou o CPF
Não há um aluno assim. Confira o id ou o CPF'
    same 'a change that was refused has its request id' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {})
        local student, err = c:delete {id = 999} print(#err.request_id)')" 36
    same 'a bad option of connect' "$(stdout_of run_lua 'local c, err = aluno.connect {ca = "/none"}
        print(c, err.code, err.reason)')" 'nil	INVALID_ARGUMENT	OPTION_INVALID'
    same 'a field that is none' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {})
        local none, err = c:create {nmae = "Ana"} print(err.reason, err.violations[1].field,
        err.violations[1].reason)')" 'FIELDS_INVALID	nmae	FIELD_UNKNOWN'
    same 'a field by the name that was written' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {})
        local none, err = c:async():create {nome = "Ana", idade = 200, cpf = "52998224725", email = "a@b.co"}:wait()
        print(err.violations[1].field, err.violations[1].written)')" 'student.age	idade'
    fails 1 'an option that is none' run_lua 'aluno.connect {sever = "x"}'
    says "there is no option 'sever'"
    fails 1 'a closed client' run_lua 'local c = aluno.connect {} c:close() c:health {}'
    says 'the client is closed'
    same 'nobody listens' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {server = "tls+tcp://127.0.0.1:1"})
        local none, err = c:health {} print(err.code, err.reason, err.retryable)')" 'UNAVAILABLE	CONNECTION_REFUSED	true'
}

a_script_registers_students() {
    same 'Portuguese words' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {})
        local s = assert(c:criar {nome = "João", idade = 16, cpf = "529.982.247-25", email = "j@x.br"})
        print(s.name, s.age, s.br_document, s.id > 0, aluno.cpf.format(s.br_document))')" \
        'João	16	52998224725	true	529.982.247-25'
    same 'English words' "$(stdout_of run_lua 'local c <close> = assert(aluno.connect {})
        local s = assert(c:update {br_document = "52998224725", student = {age = 17}}) print(s.name, s.age)
        assert(c:delete {id = s.id})')" 'João	17'
    same 'a program that ends without closing' "$(stdout_of run_lua 'c = aluno.connect {} print(c:health().status)')" SERVING
}

# Students for several pages.
many_students() {
    run_lua 'local c <close> = aluno.connect {} for i = 1, 150 do assert(c:create {name = "Página", age = 1,
        br_document = ("%011d"):format(20000000000 + i), email = "p@example.com"}) end'
}

the_c_examples_run() {
    empty_service
    works 'example-register' "$c_examples/example-register" 'João Prado' 30 123.456.789-09 joao@example.com
    says '"name": "João Prado", "age": 30, "br_document": "12345678909"'
    same 'without a warning' "$(grep -c warning "$output")" 0
    works 'example-register, a doubtful CPF' "$c_examples/example-register" Rui 31 123.456.789-00 rui@example.com
    says "warning: student.br_document: the CPF's check digits do not match"
    fails 1 'example-register, refused' "$c_examples/example-register" 'João Prado' 30 123.456.789-09 joao@example.com
    says 'CPF_TAKEN: another student already has this CPF'
    fails 1 'example-register, bad fields' "$c_examples/example-register" 12 151 1 x
    says '  student.name: the name is only a number'
    says '  student.age: the age must be from 0 to 150'
    fails 2 'example-register, wrongly called' "$c_examples/example-register"
    says 'NAME AGE CPF EMAIL'
    works 'example-list' "$c_examples/example-list"
    says '	30	João Prado'
    same 'all of them' "$(wc -l <"$output")" "$("$ALUNO" listar | wc -l)"
    many_students
    works 'example-list, several pages' "$c_examples/example-list"
    same 'all of them again' "$(wc -l <"$output")" "$("$ALUNO" listar | wc -l)"
    fails 1 'example-list, no such role' as nobody "$c_examples/example-list"
    says 'ROLE_MISSING'
    fails 1 'example-list, no certificate' env ALUNO_CERT= "$c_examples/example-list"
    says 'OPTION_INVALID'
    fails 1 'example-list, nobody listens' env ALUNO_SERVER=tls+tcp://127.0.0.1:1 "$c_examples/example-list"
    says 'CONNECTION_REFUSED: nothing listens at that address'
}

# All students are looked up at once. Replies arrive in any order.
the_asynchronous_examples_run() {
    empty_service
    many_students
    works 'somebody' "$ALUNO" criar --nome 'João Prado' --idade 30 --cpf 12345678909 --email joao@example.com
    "$ALUNO" listar --quantidade 100 | jq -r .br_document | sort >"$work/cpfs"
    stdout_of "$c_examples/example-async_poll" <"$work/cpfs" | cut -f 1 | sort >"$work/found"
    same 'example-async_poll' "$(cmp "$work/cpfs" "$work/found")" ''
    same 'all of them' "$(wc -l <"$work/found")" 100
    printf '12345678909\r\n01234567890\n935' >"$work/some"
    fails 1 'example-async_poll, some not there' "$c_examples/example-async_poll" <"$work/some"
    says '12345678909	João Prado'
    says 'STUDENT_NOT_FOUND'
    says 'FIELDS_INVALID'
    works 'example-async_poll, nothing asked' "$c_examples/example-async_poll" </dev/null

    [ -x "$c_examples/example-async_uv" ] || return
    works 'example-async_uv' "$c_examples/example-async_uv" 3
    same 'three answers' "$(grep -c 'SERVING in [0-9.]* ms' "$output")" 3
    fails 1 'example-async_uv, nobody listens' env ALUNO_SERVER=tls+tcp://127.0.0.1:1 "$c_examples/example-async_uv" 2
    same 'two failures' "$(grep -c 'CONNECTION_REFUSED: ' "$output")" 2
    fails 2 'example-async_uv, wrongly called' "$c_examples/example-async_uv"
    says 'COUNT'
}

make_certificates
start_service
run arguments_reach_a_script a_script_that_fails_is_reported failures_are_values_and_misuse_raises \
    a_script_registers_students the_c_examples_run the_asynchronous_examples_run
stop_service
finish
