#!/bin/sh
# Completion in the shell: what the program proposes, and a real bash with its script.
. "$(dirname "$0")/../lib/assert.sh"

# proposes TITLE WANTED WORD...: the candidates, without what is said of them, in one line.
proposes() {
    about=$1
    proposed=$2
    shift 2
    works "$about" "$ALUNO" completar -- "$@"
    same "$about" "$(cut -f 1 "$output" | paste -sd ' ')" "$proposed"
}

the_program_knows_what_may_stand_next() {
    proposes 'a command' criar cri
    says 'cadastra um aluno'
    proposes 'of the other language' create cre
    proposes "a command's flag" --nome criar --no
    says 'Nome do aluno'
    proposes "one that is given is not proposed" '--nome' criar --idade 5 --cpf 1 --email a --no
    proposes "the program's flag" --server --se
    proposes 'after a command' --server criar --se
    proposes "the command's first" '--formato' listar --fo
    proposes 'a value' 'nome nome desc' listar --ordem n
    proposes "of the program's flag" 'en pt' listar --lang ''
    proposes 'with its flag' --formato=ndjson listar --formato=nd
    proposes 'as bash divides it' ndjson listar --formato = nd
    proposes 'as bash divides it, nothing typed' 'tabela json ndjson csv lua' listar --formato =
    proposes 'the last of a list' 'nome,id nome,idade' listar --campos nome,id
    proposes 'an operand' criar ajuda cri
    proposes 'after an option' criar --lang pt ajuda --server x cri
    : >"$work/a CA.crt"
    mkdir "$work/a folder"
    proposes 'a file' "$work/a CA.crt" --ca "$work/a C"
    proposes 'a folder' "$work/a folder/" "$work/a f"
    proposes 'in the home folder' "$work/a CA.crt" --ca "~${work#"$HOME"}/a C"
    proposes 'of a script' "$work/a CA.crt" script.lua "$work/a C"
    proposes 'nothing' '' criar --nome An
    proposes 'nothing is typed' '' criar --nome ''
}

bash_completes() {
    : >"$work/a CA.crt"
    works 'bash completes' env PATH="${ALUNO%/*}:$PATH" SCRIPT="$ALUNO_SOURCE/lua-client/completion/aluno.bash" FILES="$work" \
        expect "$ALUNO_SOURCE/tests/integration/completion.exp"
}

# alunods WANTED WORD...: what bash proposes for the last word after "alunod", with the script that is made from --help.
alunods() {
    # shellcheck disable=SC2016 # of the other shell
    same "alunod $2 ${3-}" "$(cd "$work" && bash -c 'shift; . "$0"; COMP_WORDS=(alunod "$@") COMP_CWORD=$#; _alunod; echo "${COMPREPLY[*]}"' \
        "$ALUNO_BUILD/service/completion.bash" "$@" 2>/dev/null)" "$1"
}

the_services_options_are_completed() {
    mkdir "$work/pki"
    alunods 'check' ch
    alunods '--cpf-check' --cpf
    alunods 'warn' --cpf-check w
    alunods 'warn strict' --cpf-check =
    alunods 'info' --log-level = i
    alunods 'pki' --ca p
    alunods 'pki' check pk
    alunods '' --listen 1
    for shell in bash zsh fish; do
        script=$ALUNO_BUILD/service/completion.$shell
        for option in $("$ALUNOD" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p'); do
            grep -qE -e "(--|long-option )$option\b" "$script" || not_ok "$script: lacks $option"
        done
        ! command -v "$shell" >/dev/null || works "$shell reads it" "$shell" -n "$script"
    done
    ! command -v fish >/dev/null || same 'fish' "$(PATH="${ALUNOD%/*}:$PATH" fish --no-config -c \
        "source $ALUNO_BUILD/service/completion.fish; complete -C 'alunod --cpf-check s'" | cut -f 1)" strict
}

export HOME="$work" LC_ALL=C.UTF-8
unset ALUNO_LANG
run the_program_knows_what_may_stand_next bash_completes the_services_options_are_completed
finish
