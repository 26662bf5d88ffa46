#!/bin/sh
# The registrar at a terminal (a pseudo-terminal, by expect): see repl.exp for what is typed and what must be seen.
. "$ALUNO_SOURCE/tests/lib/assert.sh"
. "$ALUNO_SOURCE/tests/lib/service.sh"

export WORK="$work" TERM=xterm
unset NO_COLOR

at_the_terminal() {
    works "$1" timeout -k 5 100 expect -f "$ALUNO_SOURCE/tests/integration/repl.exp" "$1"
}

is_down() {
    [ -e "$work/down" ] || ! kill -0 "$person" 2>/dev/null
}

the_service_comes_back() {
    stop_service
    spawn expect -f "$ALUNO_SOURCE/tests/integration/repl.exp" outage 2>"$work/outage"
    person=$spawned
    await 'the person meets the outage' is_down
    start_service
    : >"$work/up"
    reap "$person"
    same "the person goes on: $(cat "$work/outage")" $? 0
}

# Commands come back in later sessions, but nothing that may be of somebody does.
the_history_keeps_no_personal_data() {
    works 'it is for its owner alone' stat -c %a "$HOME/.aluno_history"
    says 600
    works 'commands are kept' grep -qi listar "$HOME/.aluno_history"
    fails 1 'data is not' grep -E '529|111\.444|Ana|teste|João|Zo' "$HOME/.aluno_history"
}

command -v expect >/dev/null || give_up 'expect is not installed: apt-get install expect'
make_certificates
start_service
for scenario in forms accents interrupts end_in_a_form completion_and_history lua english; do
    at_the_terminal "$scenario"
done
the_service_comes_back
the_history_keeps_no_personal_data
stop_service
finish
