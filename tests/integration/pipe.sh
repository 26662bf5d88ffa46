#!/bin/sh
# The REPL's forms with answers from a pipe, as shell scripts use them: the exact transcript on stdout, nothing on
# stderr, and the exit code of the first failed command. It is the last that runs unless --continuar is given.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# A conversation: TITLE CODE INPUT (as printf's format) [OPTION...], and the transcript on stdin. Ids, etags,
# times and trailing blanks are masked.
converses() {
    about=$1
    code=$2
    input=$3
    shift 3
    # shellcheck disable=SC2059
    printf "$input" | "$ALUNO" "$@" >"$work/stdout" 2>"$work/stderr"
    same "$about: exit code" $? "$code"
    sed 's/, "etag": [^}]*//g; s/"id": [0-9]*/"id": N/g; s/ $//' "$work/stdout" >"$work/got"
    cat >"$work/wanted"
    works "$about: transcript" diff -u "$work/wanted" "$work/got"
    same "$about: stderr" "$(cat "$work/stderr")" ''
}

# Starts a service with one student, Ana.
given_ana() {
    empty_service
    works 'Ana' "$ALUNO" criar --nome Ana --idade 20 --cpf 52998224725 --email ana@x.br
}

the_forms() {
    empty_service
    converses 'list' 0 'listar\n\nsair\nlistar\n\n' <<'END'
>
===listagem de aluno===
> Quantidade de alunos (max: 100):
mensagem enviada:  {"method": "aluno.v1.StudentService/ListStudents", "message": {}}
server_response:  {"status": "OK", "message": "ok", "data": {"students": [], "total_size": 0}}
>
END
    converses 'create' 0 'criar\naluno teste\n16\n123.123.123-13\nemail@email.com\n' <<'END'
>
===Criação de aluno===
> Nome do aluno:
> Idade do aluno:
> CPF do aluno:
> e-mail do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/CreateStudent", "message": {"student": {"name": "aluno teste", "age": 16, "br_document": "12312312313", "email": "email@email.com"}}}
server_response:  {"status": "OK", "message": "ok", "data": {"id": N, "name": "aluno teste", "age": 16, "br_document": "12312312313", "email": "email@email.com"}}
Aviso: CPF do aluno: os dígitos verificadores do CPF não conferem
>
END
    converses 'update: empty answers keep the values' 0 'atualizar\n12312312313\n\n17\n\nexit\n' <<'END'
>
===Atualização de aluno===
> CPF do aluno:
> Nome do aluno:
> Idade do aluno:
> e-mail do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/UpdateStudent", "message": {"br_document": "12312312313", "student": {"age": 17}}}
server_response:  {"status": "OK", "message": "ok", "data": {"id": N, "name": "aluno teste", "age": 17, "br_document": "12312312313", "email": "email@email.com"}}
>
END
    converses 'list so many' 0 'listar\n1\n' <<'END'
>
===listagem de aluno===
> Quantidade de alunos (max: 100):
mensagem enviada:  {"method": "aluno.v1.StudentService/ListStudents", "message": {"page_size": 1}}
server_response:  {"status": "OK", "message": "ok", "data": {"students": [{"id": N, "name": "aluno teste", "age": 17, "br_document": "12312312313", "email": "email@email.com"}], "total_size": 1}}
>
END
    converses 'delete' 0 'deletar\n123.123.123-13\n' <<'END'
>
===remoção de aluno===
> CPF do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/DeleteStudent", "message": {"br_document": "12312312313"}}
server_response:  {"status": "OK", "message": "ok", "data": {"id": N, "name": "aluno teste", "age": 17, "br_document": "12312312313", "email": "email@email.com"}}
>
END
}

a_bad_answer_is_refused_and_asked_again() {
    empty_service
    converses 'create' 0 'criar\n \n12\nAna\nvinte\n16.5\n151\n20\n123\n529.982.247-2x\n52998224725\nana\nana@x.br\n' <<'END'
>
===Criação de aluno===
> Nome do aluno:
o nome está vazio
> Nome do aluno:
o nome é apenas um número
> Nome do aluno:
> Idade do aluno:
O valor deve ser um número inteiro
> Idade do aluno:
O valor deve ser um número inteiro
> Idade do aluno:
a idade deve estar entre 0 e 150
> Idade do aluno:
> CPF do aluno:
o CPF deve ter 11 dígitos (3)
> CPF do aluno:
o CPF contém algo além dos dígitos de 0 a 9, pontos e traço: U+0078 (x) na posição 14
> CPF do aluno:
> e-mail do aluno:
o endereço de e-mail não é válido
> e-mail do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/CreateStudent", "message": {"student": {"name": "Ana", "age": 20, "br_document": "52998224725", "email": "ana@x.br"}}}
server_response:  {"status": "OK", "message": "ok", "data": {"id": N, "name": "Ana", "age": 20, "br_document": "52998224725", "email": "ana@x.br"}}
>
END
    converses 'list' 0 'listar\n0\n101\nx\n100\n' <<'END'
>
===listagem de aluno===
> Quantidade de alunos (max: 100):
o número está fora do intervalo (1–100)
> Quantidade de alunos (max: 100):
o número está fora do intervalo (1–100)
> Quantidade de alunos (max: 100):
O valor deve ser um número inteiro
> Quantidade de alunos (max: 100):
mensagem enviada:  {"method": "aluno.v1.StudentService/ListStudents", "message": {"page_size": 100}}
server_response:  {"status": "OK", "message": "ok", "data": {"students": [{"id": N, "name": "Ana", "age": 20, "br_document": "52998224725", "email": "ana@x.br"}], "total_size": 1}}
>
END
}

what_the_service_refuses_is_shown() {
    given_ana
    converses 'a CPF that is taken' 5 'criar\nBia\n9\n52998224725\nb@x.br\nlistar --quantidade 1\n' --continuar <<'END'
>
===Criação de aluno===
> Nome do aluno:
> Idade do aluno:
> CPF do aluno:
> e-mail do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/CreateStudent", "message": {"student": {"name": "Bia", "age": 9, "br_document": "52998224725", "email": "b@x.br"}}}
server_response:  {"status": "ALREADY_EXISTS", "message": "outro aluno já tem este CPF", "reason": "CPF_TAKEN", "violations": []}
Outro aluno já tem este CPF. Procure esse aluno pelo CPF
>
mensagem enviada:  {"method": "aluno.v1.StudentService/ListStudents", "message": {"page_size": 1}}
server_response:  {"status": "OK", "message": "ok", "data": {"students": [{"id": N, "name": "Ana", "age": 20, "br_document": "52998224725", "email": "ana@x.br"}], "total_size": 1}}
>
END
    converses 'nobody to remove: what follows is not run' 4 'deletar\n111.444.777-35\nlistar\n\n' <<'END'
>
===remoção de aluno===
> CPF do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/DeleteStudent", "message": {"br_document": "11144477735"}}
server_response:  {"status": "NOT_FOUND", "message": "não há um aluno assim", "reason": "STUDENT_NOT_FOUND", "violations": []}
Não há um aluno assim. Confira o id ou o CPF
END
}

the_input_ends_in_a_form() {
    given_ana
    converses 'it is reported and nothing is sent' 2 'criar\nBia\n' <<'END'
>
===Criação de aluno===
> Nome do aluno:
> Idade do aluno:
O formulário terminou antes da última resposta
END
    converses 'the last line needs no end' 0 'listar\n\nsair' <<'END'
>
===listagem de aluno===
> Quantidade de alunos (max: 100):
mensagem enviada:  {"method": "aluno.v1.StudentService/ListStudents", "message": {}}
server_response:  {"status": "OK", "message": "ok", "data": {"students": [{"id": N, "name": "Ana", "age": 20, "br_document": "52998224725", "email": "ana@x.br"}], "total_size": 1}}
>
END
}

any_case_lines_of_windows_and_english() {
    given_ana
    converses 'CRLF and capitals' 0 'DELETAR\r\n529.982.247-25\r\nSAIR\r\n' <<'END'
>
===remoção de aluno===
> CPF do aluno:
mensagem enviada:  {"method": "aluno.v1.StudentService/DeleteStudent", "message": {"br_document": "52998224725"}}
server_response:  {"status": "OK", "message": "ok", "data": {"id": N, "name": "Ana", "age": 20, "br_document": "52998224725", "email": "ana@x.br"}}
>
END
    converses 'English' 0 'Create\nJohn\nx\n16\n52998224725\nj@x.org\nquit\n' --lang en <<'END'
>
===Student creation===
> Student's name:
> Student's age:
The value must be a whole number
> Student's age:
> Student's CPF:
> Student's e-mail:
message sent:  {"method": "aluno.v1.StudentService/CreateStudent", "message": {"student": {"name": "John", "age": 16, "br_document": "52998224725", "email": "j@x.org"}}}
server_response:  {"status": "OK", "message": "ok", "data": {"id": N, "name": "John", "age": 16, "br_document": "52998224725", "email": "j@x.org"}}
>
END
}

anything_else_is_lua() {
    converses 'Lua' 0 '1 + 1\nx = "José"\nfor i = 1, 2 do\nprint(i, x)\nend\n' <<'END'
>
2
>
>
>>
>>
1	José
2	José
>
END
    converses 'words that are nothing' 2 'lista\nmatrícula\nlista alunos\nlocal lista = nil return lista\n' --keep-going <<'END'
>
lista não é um comando; talvez: listar (veja: ajuda)
>
matrícula não é um comando (veja: ajuda)
>
lista não é um comando; talvez: listar (veja: ajuda)
>
nil
>
END
}

accents_are_free() {
    converses 'verbs and flags' 0 'Saúde\nlistar --Búsca nobody\n' <<'END'
>
mensagem enviada:  {"method": "grpc.health.v1.Health/Check", "message": {}}
server_response:  {"status": "OK", "message": "ok", "data": {"status": "SERVING"}}
>
mensagem enviada:  {"method": "aluno.v1.StudentService/ListStudents", "message": {"query": "nobody"}}
server_response:  {"status": "OK", "message": "ok", "data": {"students": [], "total_size": 0}}
>
END
    works 'in the shell' "$ALUNO" saúde
    works 'the words of help' "$ALUNO" ajuda diagnóstico
    converses 'what cannot be read' 2 'criar --nmoe Ana\ncriar --nome "Ana\nlote\n' --continuar <<'END'
>
não há a opção --nmoe; talvez: --nome (veja: ajuda criar)
>
falta fechar aspas
>
lote é para scripts: no prompt e no shell, use importar
>
END
}

without_the_service() {
    stop_service
    printf 'criar\nAna\n20\n52998224725\na@b.c\nsair\n' | "$ALUNO" >"$output" 2>"$work/stderr"
    same 'the exit code' $? 7
    title='the connection'
    says 'mensagem enviada:  {"method": "aluno.v1.StudentService/CreateStudent", "message": {"student": {"name": "Ana", '
    says "Problema na conexão: nenhum serviço atende nesse endereço (127.0.0.1:$port). Confira se o alunod está no ar e o endereço está certo"
    says 'server_response:  {"status": "UNAVAILABLE", "message": "nenhum serviço atende nesse endereço'
    same 'stderr' "$(cat "$work/stderr")" ''
}

# A limit on file sizes simulates a full disk.
output_that_a_file_has_no_room_for() {
    given_ana
    (
        trap '' XFSZ
        ulimit -f 0
        printf '\\o %s\nlistar ana --formato csv\n\\o\nsaude\n' "$work/list" | "$ALUNO" --continuar 2>&1
        echo "code $?"
    ) | cat >"$output"
    says 'File too large'
    says 'De volta à tela'
    says 'code 2'
}

export ALUNO_TIMEOUT=60 # what the prompt asks in passing has time on a busy machine, too
make_certificates
start_service
run the_forms a_bad_answer_is_refused_and_asked_again what_the_service_refuses_is_shown the_input_ends_in_a_form \
    any_case_lines_of_windows_and_english anything_else_is_lua accents_are_free output_that_a_file_has_no_room_for \
    without_the_service
finish
