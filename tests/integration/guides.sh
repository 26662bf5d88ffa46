#!/bin/sh
# Runs every command, script and session that the guides show, in their order, against a real service.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

PATH=${ALUNO%/*}:${ALUNOD%/*}:${ALUNO_CERTS%/*}:$PATH

# resembles WRITTEN EXPECTED: line by line the same, where … stands for anything.
resembles() {
    "$ALUNO" -e '
    local function lines(path)
        local list = {}
        for line in io.lines(path) do list[#list + 1] = line end
        return list
    end
    local written, expected = lines(arg[1]), lines(arg[2])
    for i = 1, math.max(#written, #expected) do
        local pattern = (expected[i] or "nothing"):gsub("%p", "%%%0"):gsub("…", ".*")
        if not (written[i] or "nothing"):find("^" .. pattern .. "$") then
            error(("line %d: %s\ninstead of: %s"):format(i, written[i] or "nothing", expected[i] or "nothing"), 0)
        end
    end' "$1" "$2"
}

run_session() {
    "$ALUNO" <"$1.in" >"$1.got" && resembles "$1.got" "$1.aluno"
}

# run_guide GUIDE: runs its blocks in a new folder.
run_guide() {
    blocks=$work/$(echo "$1" | tr / -).blocks
    mkdir "$blocks"
    "$ALUNO" "$ALUNO_SOURCE/tests/lib/guide.lua" "$ALUNO_SOURCE/$1" "$blocks" >"$blocks/list" || not_ok "$1 cannot be read"
    [ -s "$blocks/list" ] || not_ok "$1 shows something to run"
    while read -r line kind code; do
        case $kind in
        sh) fails "$code" "$1:$line" sh -eu "$blocks/$line.sh" ;;
        lua) fails "$code" "$1:$line" "$ALUNO" "$blocks/$line.lua" ;;
        c) fails "$code" "$1:$line" "${CC:-cc}" -std=c11 -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only \
            -I "$ALUNO_SOURCE/sdk/include" "$blocks/$line.c" ;;
        aluno) fails "$code" "$1:$line" run_session "$blocks/$line" ;;
        esac
    done <"$blocks/list"
}

make_certificates
mkdir "$work/folder"
cd "$work/folder" || exit 1

newcomer() {
    run_guide README.md
}

registrar() {
    printf 'nome;idade;cpf;email\r\nCaio Prado;9;935.411.347-80;caio@exemplo.com\r\n' >alunos.csv
    printf 'Débora Lima;200;123.456.789-09;debora@exemplo.com\r\n' >>alunos.csv
    works 'a packed file' "$ALUNO_CERTS" pack "$ca" rita --address "127.0.0.1:$port"
    cp "$ca/clients/rita.aluno" maria.aluno
    works 'and an auditor'"'"'s' "$ALUNO_CERTS" pack "$ca" vera --address "127.0.0.1:$port"
    cp "$ca/clients/vera.aluno" auditora.aluno
    works 'and an admin'"'"'s' "$ALUNO_CERTS" pack "$ca" ana --address "127.0.0.1:$port"
    cp "$ca/clients/ana.aluno" diretora.aluno
    unset ALUNO_CERT ALUNO_KEY # the profiles have them
    run_guide lua-client/README.pt.md
    use_certificate "$ca/clients/rita"
}

author() {
    run_guide lua-client/SCRIPTING.md
}

programmer() {
    run_guide sdk/README.md
    sed -n '/^int main/,/^}/p' "$ALUNO_SOURCE/sdk/README.md" >hello.c
    same 'the first program is examples/c/hello.c' "$(cat hello.c)" \
        "$(sed -n '/^int main/,/^}/p' "$ALUNO_SOURCE/examples/c/hello.c")"
}

operator() {
    run_guide service/README.md
}

for reader in newcomer registrar author programmer operator; do
    empty_service
    run "$reader"
    stop_service
done
finish
