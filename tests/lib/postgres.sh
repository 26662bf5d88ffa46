#!/bin/sh
# A throw-away PostgreSQL of Debian's packages, with an empty database `aluno`. It runs as an unprivileged user, also when
# root runs the tests, and touches no other PostgreSQL of the machine.
#
# Around a command, which finds its URL in $ALUNO_POSTGRES:
#
#   sh tests/lib/postgres.sh COMMAND...
#
# In a shell test, after assert.sh and service.sh: `. "$(dirname "$0")/../lib/postgres.sh"`. It ends with the test.
#
#   start_postgres [OPTION...]      starts it with further options of postgres (-c max_connections=5), and waits until it
#                                   answers. Then $postgres is its URL, on a unix socket; later starts keep the data
#   start_postgres_tls [OPTION...]  the same on a port of the loopback, by TLS with the certificates of make_certificates,
#                                   and with a password, which is in a file
#   stop_postgres                   ends it, as a machine that is shut down
#   kill_postgres                   ends it, as a machine that loses its power
#   halt_postgres, resume_postgres  halt all its processes, as a machine that hangs, and let them go on
#   sql SQL...                      runs each statement; prints what it returns
#   serve                           empties the database and starts a service on it
#   serve_another                   a second one, $other_service, whose address is $other
#   register NAME CPF [FLAG...]     creates a student
#
# ctest makes the files of a new PostgreSQL once a run, as a fixture, and passes the fixtures' folder as CERTIFICATES:
# `postgres.sh --template FOLDER`. A test run without ctest makes its own.
# shellcheck shell=sh disable=SC2120 # options are optional

postgres=
postgres_process=

# The newest version's programs.
postgres_programs() {
    for programs in /usr/lib/postgresql/*/bin; do
        [ ! -x "$programs/initdb" ] || postgres_bin=$programs
    done
    [ -n "${postgres_bin:-}" ] || postgres_fail 'PostgreSQL is not installed: sh examples/packages.sh test'
}

postgres_fail() {
    echo "postgres.sh: $1" >&2
    [ ! -f "${postgres_folder:-}/postgres.log" ] || sed 's/^/    /' "$postgres_folder/postgres.log" >&2
    exit 1
}

# Before a command that PostgreSQL's user is to run: it refuses to run as root.
unprivileged=
[ "$(id -u)" != 0 ] || unprivileged='setpriv --reuid postgres --regid postgres --clear-groups'

# Gives files to that user.
give_away() {
    [ -z "$unprivileged" ] || chown -R postgres:postgres "$@"
}

# A folder for it, in one that the caller owns.
make_postgres_folder() {
    postgres_folder=$1/postgres
    mkdir -p "$postgres_folder" && chmod 711 "$1" && chmod 700 "$postgres_folder" && give_away "$postgres_folder"
}

# A server whose own order of texts is Brazilian: a statement that needs another one has to say so.
make_postgres_files() {
    if [ -d "${CERTIFICATES:-}/postgres" ]; then
        cp -R "$CERTIFICATES/postgres" "$postgres_folder/data" && chmod 700 "$postgres_folder/data" &&
            give_away "$postgres_folder/data"
        return
    fi
    # shellcheck disable=SC2086 # words
    (cd / && $unprivileged "$postgres_bin/initdb" -D "$postgres_folder/data" --username aluno --auth trust --no-sync --wal-segsize 1 \
        --encoding UTF8 --locale C.UTF-8 --locale-provider icu --icu-locale pt-BR) >"$work/initdb.log" 2>&1 ||
        { cat "$work/initdb.log" >&2; postgres_fail 'initdb failed'; }
}

postgres_answers() {
    "$postgres_bin/psql" -X -q -h "$postgres_folder" -p "$postgres_port" -U aluno -c '' "${1:-aluno}"
}

sql() {
    for statement; do
        "$postgres_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$postgres_folder" -p "$postgres_port" -U aluno -c "$statement" \
            aluno || return
    done
}

# Starts the program and waits until it answers or has ended. It does not sync (fsync=off):
# no test loses power. The kernel ends it with the test, by the signal that also makes it leave nothing behind.
launch_postgres() {
    # shellcheck disable=SC2086 # words
    (cd / && exec $unprivileged setpriv --pdeathsig QUIT "$postgres_bin/postgres" -D "$postgres_folder/data" \
        -k "$postgres_folder" -p "$postgres_port" -c listen_addresses= -c fsync=off -c shared_buffers=16MB "$@") >>"$postgres_folder/postgres.log" 2>&1 </dev/null &
    postgres_process=$!
    for attempt in $(seq 600); do
        postgres_answers postgres 2>/dev/null && break
        kill -0 $postgres_process 2>/dev/null || { wait $postgres_process; postgres_process=; return 1; }
        sleep 0.05
    done
    [ "$attempt" -lt 600 ] || postgres_fail 'PostgreSQL does not answer'
    postgres_answers 2>/dev/null || "$postgres_bin/createdb" -h "$postgres_folder" -p "$postgres_port" -U aluno aluno
}

start_postgres() {
    postgres_programs
    [ -d "${postgres_folder:-}" ] || make_postgres_folder "$work" || postgres_fail 'there is no folder'
    [ -d "$postgres_folder/data" ] || make_postgres_files
    postgres_port=5432 # a unix socket's name has it
    launch_postgres "$@" || postgres_fail 'PostgreSQL ended'
    postgres="postgresql:///aluno?host=$postgres_folder&user=aluno"
}

# ---- by TLS ----

# A password, and the certificate of the test's school.
secure_postgres() {
    start_postgres
    postgres_password=$(cat /proc/sys/kernel/random/uuid)
    sql "ALTER ROLE aluno PASSWORD '$postgres_password'"
    stop_postgres
    (umask 077 && echo "*:*:*:aluno:$postgres_password" >"$work/passfile")
    cp "${ca:?make_certificates first}/server.crt" "$ca/server.key" "$postgres_folder"
    give_away "$postgres_folder/server.crt" "$postgres_folder/server.key"
    echo 'local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256' >"$postgres_folder/data/pg_hba.conf"
}

start_postgres_tls() {
    [ -f "$work/passfile" ] || secure_postgres
    until postgres_port=$(shuf -i 20000-32000 -n 1) && launch_postgres -c listen_addresses=127.0.0.1 \
        -c ssl=on -c ssl_cert_file="$postgres_folder/server.crt" -c ssl_key_file="$postgres_folder/server.key" "$@"; do
        grep -q 'could not bind' "$postgres_folder/postgres.log" || postgres_fail 'PostgreSQL ended'
    done
    postgres="postgresql://aluno@localhost:$postgres_port/aluno?sslmode=verify-full&sslrootcert=$ca/ca.crt&passfile=$work/passfile"
}

# ---- services over it ----

serve() {
    [ -z "$service" ] || stop_service
    sql 'SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public'
    rm -rf "$work/audit"
    start_service --db "$postgres" --audit-dir "$work/audit"
}

serve_another() {
    first=$service first_port=$port first_server=$ALUNO_SERVER first_log=$log
    port='' log=$work/other.log
    start_service --db "$postgres&application_name=other" --audit-dir "$work/other-audit"
    # shellcheck disable=SC2034 # the test's
    other=$ALUNO_SERVER other_service=$service
    service=$first port=$first_port log=$first_log
    export ALUNO_SERVER="$first_server"
}

register() { # NAME CPF [FLAG...]
    name=$1 cpf=$2
    shift 2
    "$ALUNO" criar --nome "$name" --idade 20 --cpf "$cpf" --email a@example.com "$@"
}

# ---- its end ----

signal_postgres() {
    # shellcheck disable=SC2046 # words
    kill -"$1" "$postgres_process" $(pgrep -P "$postgres_process")
}

end_postgres() { # SIGNAL
    [ -n "$postgres_process" ] || return 0
    signal_postgres CONT 2>/dev/null
    kill -"$1" "$postgres_process" 2>/dev/null
    wait "$postgres_process" 2>/dev/null
    postgres_process=
}

stop_postgres() {
    end_postgres INT
}

kill_postgres() {
    end_postgres QUIT
}

halt_postgres() {
    signal_postgres STOP
}

resume_postgres() {
    signal_postgres CONT
}

at_end() {
    kill_postgres
    end_processes
}

# ---- by itself ----

# Its files are in memory where they can be: a disk takes a second to make the thousand files of a new one.
around_command() {
    set -u
    work=$(mktemp -d /dev/shm/aluno-postgres.XXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/aluno-postgres.XXXXXX") || exit 1
    trap 'kill_postgres; rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [ "$1" = --template ]; then
        unset CERTIFICATES
        start_postgres
        stop_postgres
        rm -rf "$2" && cp -R "$postgres_folder/data" "$2"
        exit
    fi
    start_postgres
    # Each test makes its tables anew. The extension outlives them here: to make it is a third of that work.
    sql 'CREATE EXTENSION pg_trgm SCHEMA pg_catalog'
    # A test may hold a transaction for as long as a busy machine takes.
    export ALUNO_POSTGRES="$postgres" PGOPTIONS='-c idle_in_transaction_session_timeout=60000'
    "$@"
    exit
}

case ${0##*/} in
postgres.sh) around_command "$@" ;;
esac
