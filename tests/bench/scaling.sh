#!/bin/sh
# Measures how a service behaves as its students grow:
#
#   sh tests/bench/scaling.sh [--store sqlite|postgres] [--keep FOLDER] [STUDENTS...]
#
# Fills a database with so many students, by default 10,000, 100,000 and 1,000,000 one after another, and measures over each:
# gets and creates of one and of 64 in flight, and pages, for 2 s each, and the disk that a student takes. Every change is
# answered after it is on the disk. PostgreSQL is a throw-away one of lib/postgres.sh on this machine, by its unix socket,
# as Debian configures it; its students are those of a file, by `alunod migrate`. Prints Markdown; filled/s are students
# that the service created in batches, or that were migrated.
#
# A file that was filled stays in FOLDER and is used again: 10,000,000 students take a quarter of an hour. Databases are in
# TMPDIR or /var/tmp, which should be on a disk.
store=sqlite
keep=
while [ $# -gt 1 ]; do
    case $1 in
    --store) store=$2 ;;
    --keep) keep=$2 ;;
    *) break ;;
    esac
    shift 2
done
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

# SQLite's file has what was stored once its log is in it, which a stop does.
bytes_stored() {
    case $store in
    sqlite) stat -c %s "$db" ;;
    postgres) sql 'VACUUM' "SELECT pg_database_size('aluno')" ;;
    esac
}

clock_ms() {
    date +%s%3N
}

start() {
    start_service --audit-dir "$work/audit"
}

# Makes $file, of so many students, unless it was kept; sets how long that took, in ms.
fill_file() { # STUDENTS
    file=${keep:-$work}/$1.db
    took=0
    [ ! -f "$file" ] || return 0
    db=$work/filling.db
    rm -rf "$work/audit"
    start
    begun=$(clock_ms)
    "$load" "$port" "$ca" "$service" "$1" 0 fill:1:sync >"$work/fill" 2>&1 || give_up "filling: $(cat "$work/fill")"
    took=$(($(clock_ms) - begun))
    stop_service
    mv "$db" "$file" && mv "$work/audit" "$file.audit"
}

# Copies it, so that it stays as it is.
fill_sqlite() {
    db=$work/aluno.db
    empty=0
    rm -f "$db"*
    cp --reflink=auto "$file" "$db"
}

fill_postgres() {
    kill_postgres
    rm -rf "${postgres_folder:-$work/postgres}"
    start_postgres -c fsync=on
    db=$postgres
    empty=$(bytes_stored)
    begun=$(clock_ms)
    "$ALUNOD" migrate --from "$file" --to "$db" >"$work/migrate" 2>&1 || give_up "migrating: $(cat "$work/migrate")"
    took=$(($(clock_ms) - begun))
}

row() { # STUDENTS
    fill_file "$1"
    "fill_$store"
    filled=-
    [ "$took" = 0 ] || filled=$(($1 * 1000 / took))
    rm -rf "$work/audit"
    cp -R "$file.audit" "$work/audit"
    each=$((($(bytes_stored) - empty) / $1))
    start
    printf '| %s | %d | %d | %s ' "$store" "$1" "$each" "$filled"
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
