#!/bin/sh
# Compares aluno with gRPC C++, and both with the limits, in one run: sh tests/bench/compare.sh [OPTION...]
#
#   --points "P..."   only these points: OPERATION:CONNECTIONS:CALLS[:STUDENTS], such as get:8:64. OPERATION: health, get,
#                     page, create, connect, reconnect, start. CALLS: in flight over all connections, or sync for
#                     blocking ones. STUDENTS: how many the database has
#   --students N      how many it has where the point does not say, 10000
#   --sides "S..."    only these: aluno grpc nng store. nng is REQ/REP over aluno's TLS engine with nothing above it, store
#                     is the service without a network: limits
#   --seconds N       length of a measurement, 2
#   --repeats N       measurements of each side of a point, which take turns, 5
#   --build FOLDER    takes aluno as it is built there; else it is built in build/compare
#   --peer FOLDER     where gRPC's programs are built, else in grpc in the build's folder
#   --rows FILE       appends the measurements to FILE, and makes the table of all that it has
#
# Prints Markdown. Databases are in TMPDIR or /var/tmp, which should be on a disk.
set -u
bench=$(cd -- "$(dirname "$0")" && pwd)
source=${bench%/tests/bench}

points='health:1:1 health:1:64 health:8:64 get:1:1 get:1:64 get:8:64 page:1:1 page:1:64 page:8:64
    create:1:1 create:1:64 create:8:64
    health:1:sync get:1:sync page:1:sync create:1:sync
    connect:1:sync reconnect:1:sync start:0:0
    health:64:64 get:64:64
    get:1:64:1000 get:1:64:1000000 page:1:64:1000 page:1:64:1000000 create:1:64:1000 create:1:64:1000000'
sides='aluno grpc nng store'
students_default=10000
seconds=2
repeats=5
build=
peer=
rows=

fail() {
    echo "compare.sh: $1" >&2
    exit 1
}

if [ "${1:-}" = --help ]; then
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit
fi
while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || fail "$1: needs a value, or is not an option"
    case $1 in
    --points) points=$2 ;;
    --students) students_default=$2 ;;
    --sides) sides=$2 ;;
    --seconds) seconds=$2 ;;
    --repeats) repeats=$2 ;;
    --build) build=$2 ;;
    --peer) peer=$2 ;;
    --rows) rows=$2 ;;
    *) fail "$1: is not an option" ;;
    esac
    shift 2
done

# ---- building ----

wants() {
    case " $sides " in *" $1 "*) ;; *) return 1 ;; esac
}

if [ -z "$build" ]; then
    build=$source/build/compare
    { cmake -S "$source" -B "$build" -DALUNO_TESTS=ON && cmake --build "$build" -j "$(nproc)"; } >&2 ||
        fail 'aluno does not build'
fi
build=$(cd -- "$build" && pwd) || exit 1
peer=${peer:-$build/grpc}
! wants grpc || sh "$bench/grpc/build.sh" "$peer" >&2 || exit
aluno=$build/lua-client/aluno
programs=$build/tests/bench

# ---- the folder of the run ----

port=0 server=0
work=$(mktemp -d "${TMPDIR:-/var/tmp}/aluno-bench.XXXXXX") || exit 1
servers=
stop_servers() {
    for pid in $servers; do
        kill "$pid" && wait "$pid"
    done 2>>"$work/log"
    servers=
}
trap 'stop_servers; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
: "${rows:=$work/rows}"
pki=$work/pki

{
    sh "$source/certs/aluno-certs" init "$pki" && sh "$source/certs/aluno-certs" server "$pki" localhost 127.0.0.1 &&
        sh "$source/certs/aluno-certs" client "$pki" bench --role registrar
} >"$work/log" 2>&1 || { cat "$work/log" >&2; fail 'the certificates could not be made'; }

# ---- the sides ----

# Runs a command with the command of a side's server as its last arguments: with_server SIDE COMMAND...
with_server() {
    side=$1
    shift
    db=$work/$side/students.db
    case $side in
    aluno)
        "$@" "$build/service/alunod" --listen "tls+tcp://127.0.0.1:$port" --db "$db" --ca "$pki/ca.crt" \
            --crl "$pki/ca.crl" --cert "$pki/server.crt" --key "$pki/server.key"
        ;;
    grpc) "$@" "$peer/bench-grpc-server" "$port" "$pki" "$db" "$students" ;;
    nng) "$@" "$programs/bench-limit-nng-server" "$port" "$pki" ;;
    esac
}

choose_port() {
    port=$(shuf -i 20000-32000 -n 1) # below those that the system gives to clients
}

# The log is emptied first: start_server must not read what the last server wrote.
in_background() {
    : >"$work/$side.log"
    setpriv --pdeathsig KILL "$@" >>"$work/$side.log" 2>&1 &
    server=$!
    servers="$servers $server"
}

# Whether a side has the point that was read.
has_point() {
    case $1:$operation:$calls in
    aluno:* | grpc:*) ;;
    *:connect:* | *:reconnect:* | *:start:* | nng:*:sync) return 1 ;;
    esac
}

# Starts a side's server; $port and $server are its.
start_server() {
    choose_port
    with_server "$1" in_background
    until grep -q -e 'Server started' -e ready "$work/$1.log"; do
        kill -0 "$server" 2>/dev/null || { cat "$work/$1.log" >&2; fail "$1: the server does not start"; }
        sleep 0.02
    done
}

# Makes one measurement of a side and appends its row.
load() {
    case $1 in
    aluno) set -- "$@" "$programs/bench-aluno" "$port" "$pki" "$server" ;;
    grpc) set -- "$@" "$peer/bench-grpc-load" "$port" "$pki" "$server" ;;
    nng) set -- "$@" "$programs/bench-limit-nng" "$port" "$pki" "$server" ;;
    store) set -- "$@" "$programs/bench-limit-store" "$work/store/students.db" ;;
    esac
    side=$1 length=$2 at=$3
    shift 3
    row=$("$@" "$students" "$length" "$at") || fail "$side $at: the load ended"
    set -- "$side"
    printf '%s\t%s\n' "$1" "$row"
}

# ---- databases: a copy for each point of one that is filled once ----

fill_base() {
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1" "$work/base"
    start_server "$1" # gRPC's fills its table by itself
    [ "$1" = grpc ] || load aluno 0 fill:1:sync >/dev/null
    stop_servers
    cp -r "$work/$1" "$2"
}

# The store's database is the service's.
prepare_database() {
    filler=$1
    [ "$1" != store ] || filler=aluno
    base=$work/base/$filler.$students
    [ -d "$base" ] || fill_base "$filler" "$base"
    rm -rf "${work:?}/$1"
    cp -r "$base" "$work/$1"
}

# ---- measuring ----

read_point() {
    IFS=: read -r operation connections calls students <<EOF
$1
EOF
    students=${students:-$students_default}
    point=$operation:$connections:$calls:$students
    echo "$point" >&2
}

measure_start() {
    for _ in $(seq "$repeats"); do
        for side in $present; do
            choose_port
            with_server "$side" "$programs/bench-start" "$point" "$port" >"$work/row" 2>>"$work/log" ||
                { cat "$work/log" >&2; fail "$side: the server does not start"; }
            sed "s/^/$side\t/" "$work/row" >>"$rows"
        done
    done
}

measure_load() {
    for each in $present; do
        [ "$each" = store ] || start_server "$each"
        eval "port_$each=$port server_$each=$server"
    done
    for _ in $(seq "$repeats"); do
        for each in $present; do
            eval "port=\$port_$each server=\$server_$each"
            load "$each" "$seconds" "$point" >>"$rows"
        done
    done
    stop_servers
}

measure() {
    read_point "$1"
    present=
    for each in $sides; do
        has_point "$each" || continue
        present="$present $each"
        [ "$each" = nng ] || prepare_database "$each"
    done
    case $operation in
    start) measure_start ;;
    *) measure_load ;;
    esac
}

for chosen in $points; do
    measure "$chosen"
done
"$aluno" "$bench/tables.lua" "$rows"
