#!/bin/sh
# From a fresh checkout to the registrar's prompt: installs what is missing, builds, makes development certificates,
# starts the service on this computer and opens the client on it. When the client ends, the service does too.
#
#   sh examples/quickstart.sh
#   printf 'listar\n\nsair\n' | sh examples/quickstart.sh
#
# ALUNO_PORT  where the service listens (3000)
# ALUNO_HOME  where certificates, database and logs are kept (.aluno in the checkout)
#
# Running it again reuses all of it; the students stay. stdout is the client's alone, and so is the exit code.
set -u
unset CDPATH

root=$(cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
port=${ALUNO_PORT:-3000}
build=$root/build
alunod=$build/service/alunod
aluno=$build/lua-client/aluno
service=
client=

say() {
    printf 'quickstart: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# Runs a step with its output in a log file, which is shown only when the step fails.
step() {
    title=$1
    shift
    say "$title"
    "$@" >"$home/quickstart.log" 2>&1 </dev/null && return
    cat "$home/quickstart.log" >&2
    die "failed: $title (its output is above)"
}

# Leaves the choices of a build folder that is there already as they are.
compile() {
    [ -f "$build/CMakeCache.txt" ] || set -- -DCMAKE_BUILD_TYPE=RelWithDebInfo -DALUNO_TESTS=OFF
    cmake -S "$root" -B "$build" "$@" &&
        cmake --build "$build" --parallel "$(nproc)" --target alunod aluno-cli
}

# Makes a certificate once, and anew when it ends within a day: FILE NAME, and the arguments of aluno-certs.
need_certificate() {
    file=$1
    name=$2
    shift 2
    if [ ! -f "$file" ]; then
        "$root/certs/aluno-certs" "$@"
    elif ! openssl x509 -in "$file" -noout -checkend 86400; then
        "$root/certs/aluno-certs" renew "$certs" "$name"
    fi
}

make_certificates() {
    [ -f "$certs/ca.crt" ] || "$root/certs/aluno-certs" init "$certs" || return
    need_certificate "$certs/server.crt" server server "$certs" localhost 127.0.0.1 ::1 &&
        need_certificate "$ALUNO_CERT" quickstart client "$certs" quickstart --role admin
}

# The service gets a session of its own, so that Ctrl-C at the prompt does not reach it; and it ends with this
# script even when that is killed.
start_service() {
    setsid setpriv --pdeathsig TERM "$alunod" --listen "$ALUNO_SERVER" --db "$home/aluno.db" \
        --ca "$certs/ca.crt" --crl "$certs/ca.crl" --cert "$certs/server.crt" --key "$certs/server.key" \
        >"$log" 2>&1 </dev/null &
    service=$!
}

answers() {
    "$aluno" --timeout 1 saude >/dev/null 2>&1 </dev/null
}

# Says why the service ended before it answered. Whose the port is shows in the protocol that aluno offers in TLS.
explain_end() {
    wait "$service"
    service=
    if ! grep -qi 'in use' "$log"; then
        cat "$log" >&2
        die 'the service did not start (its log is above)'
    fi
    owner='another program'
    ! openssl s_client -connect "127.0.0.1:$port" -alpn aluno/1 </dev/null 2>&1 | grep -q 'ALPN protocol: aluno' ||
        owner='an aluno service that runs already'
    die "port $port is in use by $owner; stop that, or choose another: ALUNO_PORT=$((port + 1)) sh $0"
}

# Waits until the service answers, 10 seconds at most. Its own word comes first: on its port another might answer.
await_service() {
    deadline=$(($(date +%s) + 10))
    until grep -q 'Server started' "$log" && answers; do
        kill -0 "$service" 2>/dev/null || explain_end
        [ "$(date +%s)" -lt "$deadline" ] || die "the service does not answer; see its log, $log"
        sleep 0.05
    done
}

# Runs the client on our stdin and sets `status` to its exit code. In the background, for the shell heeds signals
# only while it waits; SIGINT, which that would turn off, is given back: Ctrl-C is the client's.
run_client() {
    exec 3<&0
    trap : INT
    env --default-signal=INT,QUIT "$aluno" <&3 3<&- &
    client=$!
    while :; do
        wait "$client"
        status=$?
        kill -0 "$client" 2>/dev/null || break
    done
    client=
}

stop() {
    for process in $client $service; do
        kill "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
}

{ [ "$port" -ge 1 ] && [ "$port" -le 65535 ]; } 2>/dev/null ||
    die "ALUNO_PORT=$port: is no port; choose a number from 1 to 65535"
mkdir -p -- "${ALUNO_HOME:-$root/.aluno}" || die "choose another folder with ALUNO_HOME"
home=$(cd -- "${ALUNO_HOME:-$root/.aluno}" && pwd -P) || exit 1
[ -w "$home" ] || die "$home: no permission to write there; choose another folder with ALUNO_HOME"
exec 9<"$home"
flock -n 9 || die "a quickstart runs in $home already; use that, or start another: ALUNO_HOME=... ALUNO_PORT=... sh $0"
certs=$home/certs
log=$home/alunod.log

# Where the client looks for them.
export ALUNO_SERVER="tls+tcp://127.0.0.1:$port"
export ALUNO_CA="$certs/ca.crt" ALUNO_CERT="$certs/clients/quickstart.crt" ALUNO_KEY="$certs/clients/quickstart.key"
unset ALUNO_CRL ALUNO_TLS_NAME ALUNO_TIMEOUT

trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

sh "$root/examples/packages.sh" build || exit 1
step 'building' compile
step 'certificates' make_certificates
say "starting the service on port $port (its log: $log)"
start_service
await_service
run_client
exit "$status"
