#!/bin/sh
# A secretary's day at a terminal (a pseudo-terminal, by expect): twenty registrations with typos, corrections, pasted rows
# and a window that changes its size; and lines that are no commands. secretary.exp has the input and the expected output.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

export WORK="$work" TERM=xterm
unset NO_COLOR PAGER

at_the_terminal() {
    works "$1" timeout -k 5 300 expect -f "$ALUNO_SOURCE/tests/integration/secretary.exp" "$1"
}

# No word of Lua's, and no file of the client's.
speaks_no_lua() {
    fails 1 'no Lua on the screen' grep -nE 'stdin:|attempt to|nil value|traceback|near|expected|\.lua' "$work/screen"
}

a_day() {
    empty_service
    at_the_terminal day
    speaks_no_lua
    same 'all are registered' "$("$ALUNO" --formato ndjson listar --busca dia | wc -l)" 20
    rm -f "$work/screen"
}

the_session_shows_as_one_likes() {
    empty_service
    at_the_terminal settings
    same 'the file has the table alone' "$(sed 's/^ *[0-9]*  //' "$work/list")" "$(
        printf 'id  nome           idade  cpf             email\n'
        printf 'Lia Magalhães      9  529.982.247-25  lia@exemplo.com\nTotal de alunos: 1'
    )"
    same 'for its owner alone' "$(stat -c %a "$work/list")" 600
    rm "$work/list"
}

lines_that_are_no_commands() {
    empty_service
    at_the_terminal no_lua
    speaks_no_lua
}

command -v expect >/dev/null || give_up 'expect is not installed: apt-get install expect'
export ALUNO_TIMEOUT=60 # what the prompt asks in passing has time on a busy machine, too
make_certificates
start_service
for scenario in resized interrupted pasted hinted once; do
    ! wanted "$scenario" || at_the_terminal "$scenario"
done
run the_session_shows_as_one_likes lines_that_are_no_commands a_day
stop_service
finish
