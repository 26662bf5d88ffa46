#!/bin/sh
# The registrar at a terminal (a pseudo-terminal, by expect): repl.exp has the input and the expected output.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

export WORK="$work" TERM=xterm
unset NO_COLOR

at_the_terminal() {
    works "$1" timeout -k 5 300 expect -f "$ALUNO_SOURCE/tests/integration/repl.exp" "$1"
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

# Later sessions recall commands without personal data.
the_history_keeps_no_personal_data() {
    at_the_terminal history
    file=$HOME/.local/state/aluno/history
    works 'it is for its owner alone' stat -c %a "$file" "${file%/*}"
    same 'modes' "$(cat "$output")" "600
700"
    works 'commands are kept' grep -qx 'listar --quantidade 1' "$file"
    fails 1 'data is not' grep -E '529|935|111\.444|123\.456|Ana|teste|João|Zo|Eva|Rui|Dias|@' "$file"
}

# At its start a session truncates a history of more than 2000 lines to the last 1000.
the_history_is_cut() {
    export XDG_STATE_HOME="$work/long"
    file=$XDG_STATE_HOME/aluno/history
    mkdir -p "${file%/*}"
    seq -f 'listar --quantidade %.0f' 2001 >"$file"
    at_the_terminal english
    same 'the first that is kept' "$(head -n 1 "$file")" 'listar --quantidade 1002'
    same 'the last is kept' "$(sed -n 1000p "$file")" 'listar --quantidade 2001'
    works 'what the session adds follows' grep -qx quit "$file"
    same 'it is for its owner alone' "$(stat -c %a "$file")" 600
    unset XDG_STATE_HOME
}

it_may_be_elsewhere() {
    XDG_STATE_HOME=$work/state
    export XDG_STATE_HOME
    at_the_terminal history
    works 'in XDG_STATE_HOME' grep -qx 'deletar' "$work/state/aluno/history"
    unset XDG_STATE_HOME
}

# Who has no settings in the environment, with two profiles and with none.
the_first_line_says_who_one_is() {
    mkdir -p "$XDG_CONFIG_HOME/aluno"
    printf '[rita]\nserver = %s\nca = %s\ncert = %s\nkey = %s\n' "$PLACE" "$ALUNO_CA" "$ALUNO_CERT" "$ALUNO_KEY" \
        >"$XDG_CONFIG_HOME/aluno/config"
    printf '[outro]\nserver = %s\nca = %s\ncert = %s/none\nkey = %s\n' "$PLACE" "$ALUNO_CA" "$work" "$ALUNO_KEY" \
        >>"$XDG_CONFIG_HOME/aluno/config"
    works 'pack' "$ALUNO_CERTS" pack "$ca" rita --address "$PLACE"
    mv "$ca/clients/rita.aluno" "$work"
    works 'profiles' timeout -k 5 300 env -u ALUNO_SERVER -u ALUNO_CA -u ALUNO_CERT -u ALUNO_KEY \
        expect -f "$ALUNO_SOURCE/tests/integration/repl.exp" profiles
    rm -r "$XDG_CONFIG_HOME"
}

the_terminal_is_left_as_it_was() {
    at_the_terminal terminal_intact
    works 'after the command to leave' diff "$work/stty.before" "$work/stty.after"
    works 'after Ctrl-D in a form' diff "$work/stty.before" "$work/stty.after_ctrl_d"
}

command -v expect >/dev/null || give_up 'expect is not installed: apt-get install expect'
export ALUNO_TIMEOUT=60 # what the prompt asks in passing has time on a busy machine, too
make_certificates
start_service
export PLACE="${ALUNO_SERVER#tls+tcp://}"
for scenario in forms accents completion history duplicates interrupts interrupted_output leave_anywhere end_in_a_form stop_and_go_on lua \
    english; do
    ! wanted "$scenario" || at_the_terminal "$scenario"
done
run the_first_line_says_who_one_is the_terminal_is_left_as_it_was the_history_is_cut it_may_be_elsewhere the_service_comes_back the_history_keeps_no_personal_data
stop_service
finish
