# A real alunod for shell tests, with real certificates, a database file and a free port of the loopback. After
# assert.sh: `. "$(dirname "$0")/../lib/service.sh"`.
#
#   make_certificates          a CA in $ca, the service's certificate, and a client for each role: ana (admin),
#                              rita (registrar), leo (reader), vera (auditor), nobody (none)
#   make_pki                   certificates of every kind, by pki.sh, in $pki
#   start_service [OPTION...]  starts alunod with further options, which win over its own, and waits until it answers;
#                              then $service is its pid, $log its log. The port, chosen at the first start, is kept
#                              for later ones.
#   launch_service [OPTION...] the same without asking it anything
#   empty_service [OPTION...]  the same with a database of no students; ends the one that runs
#   stop_service               ends it by SIGTERM, and asserts that it exits with 0
#   kill_service               ends it by SIGKILL
#   halt_service               halts it, as a service that hangs; kill -CONT "$service" lets it go on
#   as NAME COMMAND...         runs the command with that client's certificate
#   run_lua CODE [ARG...]      aluno -e CODE
#   spawn COMMAND...           runs a program in the background; $spawned is its pid. It ends with the test.
#   reap PID                   waits for a spawned program; returns its exit code
#   await TITLE COMMAND...     runs the command until it succeeds, for at most $patience seconds; else shows the log
#   logged TEXT                whether the service's log contains TEXT
#   value FIELD                the first value of that field in the JSON on stdin, without quotes
#
# Every command connects as rita by default. A test that cannot go on ends at once, with the log. No
# test may leave a CPF or an e-mail address in a log, a history or a trace file: leftovers.sh looks.
# shellcheck shell=sh

: "${work:?source assert.sh first}" "${ALUNO_CERTS:?}"
ca=$work/ca
pki=$work/pki
db=$work/aluno.db
log=$work/alunod.log
patience=60
service=
port=
processes=

# The programs' variables in the caller's environment, and a history in the home folder, must not reach a test.
unset ALUNO_CRL ALUNO_TLS_NAME ALUNO_TIMEOUT ALUNO_LANG ALUNO_PURPOSE XDG_STATE_HOME
export HOME="$work" LC_ALL=C.UTF-8

end_processes() {
    for process in $processes; do
        kill -KILL "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
}

at_end() {
    end_processes
}

leaves_no_personal_data() {
    works 'nobody is in logs, histories and traces' sh "$ALUNO_SOURCE/tests/lib/leftovers.sh" "$work"
}

at_finish() {
    leaves_no_personal_data
}

give_up() {
    echo "cannot go on: $1" >&2
    [ ! -f "$log" ] || sed 's/^/    /' "$log" >&2
    exit 1
}

# ---- processes ----

# A background program's stdin would be /dev/null: it gets the caller's by another number.
spawn() {
    exec 9<&0
    setpriv --pdeathsig KILL "$@" <&9 9<&- &
    spawned=$!
    exec 9<&-
    processes="$processes $spawned"
}

reap() {
    wait "$1"
    reaped=$?
    remaining=
    for process in $processes; do
        [ "$process" = "$1" ] || remaining="$remaining $process"
    done
    processes=$remaining
    return $reaped
}

await() {
    title=$1
    shift
    deadline=$(($(date +%s) + patience))
    until "$@" >/dev/null 2>&1; do
        if [ "$(date +%s)" -ge "$deadline" ]; then
            not_ok "$title: not within $patience s: $*"
            [ ! -f "$log" ] || sed 's/^/    /' "$log" >&2
            return 1
        fi
        sleep 0.05
    done
}

# ---- certificates ----

certificates() { # KIND FOLDER
    sh "$ALUNO_SOURCE/tests/lib/certificates.sh" "$@" >"$work/certs.log" 2>&1 ||
        { cat "$work/certs.log" >&2; give_up 'the certificates could not be made'; }
}

make_certificates() {
    certificates school "$ca"
    export ALUNO_CA="$ca/ca.crt"
    use_certificate "$ca/clients/rita"
}

make_pki() {
    certificates pki "$pki"
}

# The certificate and key of that path without its .crt and .key.
use_certificate() {
    export ALUNO_CERT="$1.crt" ALUNO_KEY="$1.key"
}

as() {
    name=$1
    shift
    (
        use_certificate "$ca/clients/$name"
        "$@"
    )
}

# ---- the service ----

choose_port() {
    port=$(shuf -i 20000-32000 -n 1) # below those that the system gives to clients
    export ALUNO_SERVER="tls+tcp://127.0.0.1:$port"
}

answers() {
    "$ALUNO" --timeout 5 saude
}

# Says 0 when the service has started or ended.
has_settled() {
    grep -qF 'Server started...' "$log" || ! kill -0 "$service" 2>/dev/null
}

launch() {
    leaves_no_personal_data # the log begins anew
    : >"$log"
    spawn "$ALUNOD" --listen "$ALUNO_SERVER" --db "$db" --ca "$ca/ca.crt" --crl "$ca/ca.crl" \
        --cert "$ca/server.crt" --key "$ca/server.key" "$@" 2>>"$log"
    service=$spawned
    await 'the service starts' has_settled || give_up 'the service does not start'
    grep -qF 'Server started...' "$log"
}

launch_service() {
    kept=$port
    [ -n "$port" ] || choose_port
    until launch "$@"; do
        reap "$service"
        service=
        { [ -z "$kept" ] && grep -qi 'in use' "$log"; } || give_up 'the service ended'
        choose_port
    done
}

start_service() {
    launch_service "$@"
    await 'the service answers' answers || give_up 'the service does not answer'
}

empty_service() {
    [ -z "$service" ] || stop_service
    rm -rf "$db"*
    start_service "$@"
}

stop_service() {
    kill -TERM "$service"
    reap "$service"
    same 'the service ends with 0' $? 0
    service=
}

halt_service() {
    kill -STOP "$service"
    await 'the service is halted' grep -q '^State:.*T' "/proc/$service/status"
}

kill_service() {
    kill -KILL "$service"
    reap "$service"
    service=
}

# ---- what came of it ----

run_lua() {
    "$ALUNO" -e "$@"
}

logged() {
    grep -qF -e "$1" "$log"
}

value() {
    grep -o "\"$1\": [^,}]*" | head -n 1 | sed 's/^[^:]*: //; s/"//g'
}
