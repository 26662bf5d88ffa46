#!/bin/sh
# Measures how a service behaves as its students grow: sh tests/bench/scaling.sh [--store sqlite|postgres] [STUDENTS...]
#
# Fills a database with so many students, by default 10,000, 100,000 and 1,000,000 one after another, and measures over each:
# gets and creates of one and of 64 in flight, and pages, for 2 s each, and the disk that a student takes. Every change is
# answered after it is on the disk. Prints Markdown. PostgreSQL is a throw-away one of lib/postgres.sh on this machine, by
# its unix socket, as Debian configures it. Databases are in TMPDIR or /var/tmp, which should be on a disk.
store=sqlite
if [ "${1:-}" = --store ]; then
    store=$2
    shift 2
fi
sizes=${*:-10000 100000 1000000}
set --
export TMPDIR="${TMPDIR:-/var/tmp}"
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
. "$(dirname "$0")/../lib/postgres.sh"
load=$ALUNO_BUILD/tests/bench/bench-aluno
points='get:1:1 get:1:64 page:1:64 create:1:1 create:1:64'

# Makes calls of a point; prints the calls per second.
measure() { # STUDENTS SECONDS POINT
    "$load" "$port" "$ca" "$service" "$@" | cut -f 2
}

bytes_stored() {
    case $store in
    sqlite) stat -c %s "$db" ;;
    postgres) sql 'VACUUM' "SELECT pg_database_size('aluno')" ;;
    esac
}

start_empty() {
    rm -rf "$db"*
    case $store in
    sqlite) ;;
    postgres)
        kill_postgres
        rm -rf "${postgres_folder:-$work/postgres}"
        start_postgres -c fsync=on
        db=$postgres
        ;;
    esac
    start_service --audit-dir "$work/audit"
    empty=$(bytes_stored)
}

# SQLite's file has what was stored once its log is in it, which a stop does.
fill() { # STUDENTS
    begun=$(date +%s%3N)
    "$load" "$port" "$ca" "$service" "$1" 0 fill:1:sync >"$work/fill" 2>&1 || give_up "filling: $(cat "$work/fill")"
    took=$(($(date +%s%3N) - begun))
    stop_service
    each=$((($(bytes_stored) - empty) / $1))
    start_service --audit-dir "$work/audit"
}

row() { # STUDENTS
    start_empty
    fill "$1"
    printf '| %s | %d | %d | %d ' "$store" "$1" "$each" $(($1 * 1000 / took))
    for point in $points; do
        printf '| %.0f ' "$(measure "$1" 2 "$point")"
    done
    echo '|'
    stop_service
}

make_certificates
"$ALUNO_CERTS" client "$ca" bench --role registrar >"$work/bench.log" || give_up 'no certificate for the load'
echo '| store | students | bytes each | filled/s | get | get, 64 in flight | page, 64 in flight | create | create, 64 in flight |'
echo '|---|---:|---:|---:|---:|---:|---:|---:|---:|'
for size in $sizes; do
    row "$size"
done
finish
