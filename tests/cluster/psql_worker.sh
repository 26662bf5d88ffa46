#!/bin/sh
# One client by psql: psql_worker.sh NAME JOURNAL URL. Makes changes by schema.sql's functions until it is ended, and writes a
# line of the journal for each that was acknowledged: see verdict.awk. A change whose outcome is unknown is repeated under
# its id.
set -u
name=$1 journal=$2 url="$3?target_session_attrs=read-write&connect_timeout=2"
number=0

ask() {
    timeout 5 psql -X -q -A -t -v ON_ERROR_STOP=1 "$url" -c "$1" 2>&1
}

# Repeats a statement until its outcome is known. A warning is none: the standby's answer was not awaited.
insist() {
    until answer=$(ask "$1") && [ -n "$answer" ] && [ -z "$(printf %s "$answer" | tr -d '0-9')" ]; do
        sleep 0.1
    done
}

note() {
    echo "$(date +%s%3N) $name $*" >>"$journal"
}

while :; do
    number=$((number + 1))
    insist "SELECT create_student('$name-$number-c', '$name.$number')"
    note create "$name.$number"
    insist 'SELECT etag FROM shared'
    etag=$answer
    insist "SELECT update_shared('$name-$number-u', $etag)"
    [ "$answer" = 0 ] || note update "$etag" "$answer"
done
