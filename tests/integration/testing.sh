#!/bin/sh
# `aluno testar` runs scripts against a disposable service. It never touches the real one, and leaves no file or process
# behind, however it ends.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

export TMPDIR="$work/tmp"
mkdir "$TMPDIR"
echo "$TMPDIR/" >"$work/folder"

# Writes a script: NAME, and its text on stdin.
script() {
    cat >"$work/$1.lua"
}

left_behind() {
    ls -A "$TMPDIR"
    grep -lsaF -f "$work/folder" /proc/[0-9]*/cmdline
}

leaves_nothing() {
    ! left_behind | grep -q .
}

scripts_have_a_service_of_their_own() {
    works 'two of them' "$ALUNO" testar "$work/own.lua" "$work/own.lua" "$ALUNO_SERVER" "$ALUNO_CA" --here
    says 'said	--here'
    says '2 de 2 scripts passaram'
    same 'stdout is theirs' "$("$ALUNO" testar "$work/own.lua" "" "" x 2>/dev/null)" 'said	x'
    works 'another address, names and lists do not matter' env ALUNO_SERVER=tls+tcp://192.0.2.1:9 ALUNO_TLS_NAME=x \
        ALUNO_CRL=/none ALUNOD_CPF_CHECK=strict ALUNOD_CONFIG=/none "$ALUNO" testar "$work/own.lua"
    same 'the real service saw none of it' "$("$ALUNO" listar | wc -l)" 0
    works 'and nothing is left' leaves_nothing
}

students_are_made_up() {
    script seeded <<'END'
local test = aluno.test
test.equal(test.count(), 250, "seeds")
local c <close>, seen = test.client(), {}
for student in c:each {} do
    test.check(aluno.cpf.check(student.br_document) and not seen[student.email], "right and unique")
    seen[student.email] = true
end
c:create(test.student())
END
    works 'as many as asked for' "$ALUNO" testar --alunos 250 "$work/seeded.lua"
    works 'in English' "$ALUNO" --lang en test --students=250 "$work/seeded.lua"
    says 'passed'
    echo 'aluno.test.equal(aluno.test.count(), 0) aluno.test.equal(arg[1], "--alunos")' | script after
    works 'after the script it is the argument of that' "$ALUNO" testar "$work/after.lua" --alunos 20
    says 'Aviso: --alunos está depois do script'
    works 'as -- says' "$ALUNO" testar "$work/after.lua" -- --alunos 20
    same 'without a warning' "$(grep -c Aviso "$output")" 0
}

failures_are_reported() {
    script wrong <<'END'
aluno.test.equal({1, name = "Ana"}, {1, name = "Bia"}, "the student")
END
    echo 'os.exit(5)' | script exits
    echo 'aluno.test.refused("CPF_TAKEN", function() return 1 end)' | script accepts
    fails 1 'a check that does not hold' "$ALUNO" testar "$work/wrong.lua" "$work/exits.lua"
    says "wrong.lua:1: the student: {"
    says 'código de saída 1'
    says "exits.lua"
    says '0 de 2 scripts passaram'
    fails 5 'the exit code of the script' "$ALUNO" testar "$work/exits.lua"
    says 'código de saída 5'
    fails 1 'no failure where one was expected' "$ALUNO" testar "$work/accepts.lua"
    says 'CPF_TAKEN was expected, but it succeeds'
    fails 1 'such a script elsewhere' run_lua 'aluno.test.client()'
    says "run it by \`aluno testar\`"
    fails 2 'no script' "$ALUNO" testar
    says 'falta ARQUIVO.lua'
    fails 2 'a missing one' "$ALUNO" testar "$work/none.lua"
    says 'Não dá para ler o script'
    fails 2 'something else' "$ALUNO" testar alunos.csv
    says 'alunos.csv não é um script em Lua'
    fails 2 'too many students' "$ALUNO" testar --alunos 1000001 "$work/own.lua"
    says 'O número de alunos vai de 0 a 1000000'
    fails 7 'no service to start' env ALUNOD=/none "$ALUNO" testar "$work/own.lua"
    says 'ALUNOD=/caminho/alunod'
    fails 7 'no service either' env ALUNOD=/bin/false "$ALUNO" testar "$work/own.lua"
    says 'O serviço de teste não começa'
    fails 7 'no certificates' env ALUNO_CERTS=/bin/false "$ALUNO" testar "$work/own.lua"
    says 'Os certificados não puderam ser feitos: /bin/false terminou com código de saída 1'
    fails 7 'no place' env TMPDIR=/none "$ALUNO" testar "$work/own.lua"
    says 'Não há onde pôr o serviço de teste: não existe'
    works 'and nothing is left' leaves_nothing
}

programs_are_found() {
    works 'in the build tree' env -u ALUNOD -u ALUNO_CERTS "$ALUNO" testar "$work/own.lua"
    works 'installed' cmake --install "$ALUNO_BUILD" --prefix "$work/prefix"
    works 'beside the program' env -u ALUNOD -u ALUNO_CERTS "$work/prefix/bin/aluno" testar "$work/own.lua"
    mkdir "$work/alone"
    cp "$work/prefix/bin/aluno" "$work/alone"
    works 'in PATH' env -u ALUNOD -u ALUNO_CERTS PATH="$work/prefix/bin:$PATH" LD_LIBRARY_PATH="$ALUNO_BUILD/sdk" \
        "$work/alone/aluno" testar "$work/own.lua"
    fails 7 'nowhere' env -u ALUNOD -u ALUNO_CERTS LD_LIBRARY_PATH="$ALUNO_BUILD/sdk" "$work/alone/aluno" testar \
        "$work/own.lua"
    says 'Não se acha o programa alunod'
}

# When the client ends, its service, its script and its folder are gone.
it_ends_whatever_happens() {
    script waits <<'END'
io.open(arg[1], "w"):close()
while true do end
END
    spawn "$ALUNO" testar "$work/waits.lua" "$work/begun" 2>"$output"
    await 'the script runs' test -e "$work/begun"
    rm "$work/begun"
    works 'there is something' test -n "$(left_behind)"
    kill "-$1" "$spawned"
    reap "$spawned"
    same "by $1" $? "$2"
    await "nothing is left by $1" leaves_nothing
}

script own <<'END'
local test = aluno.test
assert(os.getenv "ALUNO_SERVER" ~= arg[1] and os.getenv "ALUNO_CA" ~= arg[2] and not os.getenv "ALUNOD")
local c <close> = test.client()
test.equal(test.count(), 0, "a database of its own")
local bia = c:create(test.student {age = 9})
test.equal(bia.age, 9, "what was given")
test.equal(test.count "age=9", 1, "who is found")
test.refused("CPF_TAKEN", c.create, c, test.student {br_document = bia.br_document})
test.refused("CPF_TAKEN", c.create, c, test.student {cpf = bia.br_document})
test.equal(c:create(test.student {nascimento = "01/02/2010"}).birth_date, "2010-02-01", "a birth date in place of the age")
local plain <close> = aluno.connect {}
test.refused("STUDENT_NOT_FOUND", plain.get, plain, {id = 999})
print("said", arg[3])
END

make_certificates
start_service
run scripts_have_a_service_of_their_own students_are_made_up failures_are_reported programs_are_found
for end in 'INT 130' 'TERM 143' 'KILL 137'; do
    # shellcheck disable=SC2086
    ! wanted it_ends_whatever_happens || it_ends_whatever_happens $end
done
stop_service
finish
