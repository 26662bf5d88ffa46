#!/bin/sh
# Shows that nobody can take the service from the others: sh tests/campaign/fairness.sh [STUDENTS [LARGE]]
#
# STUDENTS, 100,000 by default, are in the database; LARGE, 1,000,000, in the one whose creations are counted beside
# searches. Each part prints what ordinary users measured, and fails when a bar is missed. It takes minutes, alone on the
# machine: times are what it is about.
students=${1:-100000}
large=${2:-1000000}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
program=$ALUNO_BUILD/tests/campaign/campaign-fairness
fill=$ALUNO_BUILD/tests/bench/bench-aluno

# The bars, in milliseconds and per cent.
call_p99=250
list_max=1000
create_max=250
create_share=70

# Prints a number of the line of that title in the file: column 2 calls, 4 failed, 7 p50, 9 p99, 11 max.
measured() {
    awk -v title="$2" -v column="$3" '$1 == title { print $column; exit }' "$1"
}

at_most() { # TITLE VALUE LIMIT
    awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value != "" && value + 0 <= limit) }' ||
        not_ok "$1: $2, at most $3"
}

# The processor time that the service has used, in hundredths of a second.
used() {
    awk '{ print $14 + $15 }' "/proc/$service/stat"
}

# Ordinary users, in the background, for that many seconds; they create students numbered from there.
begin_watch() {
    spawn "$program" watch "$1" "$2" >"$work/watch"
    watch=$spawned
}

end_watch() {
    reap "$watch" || not_ok 'the users end'
    cat "$work/watch"
    for call in health get create page search; do
        same "$call: failures" "$(measured "$work/watch" "$call" 4)" 0
    done
    for call in health get create; do
        at_most "$call: p99" "$(measured "$work/watch" "$call" 9)" "$call_p99"
    done
    at_most 'pages: the slowest' "$(measured "$work/watch" page 11)" "$list_max"
    at_most 'searches: the slowest' "$(measured "$work/watch" search 11)" "$list_max"
}

burst() {
    echo "== 400 searches of 8 words over 100 connections of one reader, who hangs up after $1 ms; $students students"
    begin_watch 5 "$2"
    sleep 1
    as leo "$program" burst 100 400 "$1"
    end_watch
    before=$(used)
    sleep 1
    echo "afterwards the service is busy for $(($(used) - before)) % of a second"
    at_most 'idle afterwards' $(($(used) - before)) 5
}

a_reader_who_stays() {
    burst 3000 910000000
}

a_reader_who_hangs_up() {
    burst 50 900000000
}

a_crowd_without_a_role() {
    echo '== a certificate without a role opens all it can'
    spawn env ALUNO_CERT="$ca/clients/nobody.crt" ALUNO_KEY="$ca/clients/nobody.key" "$program" crowd 8 >"$work/crowd"
    crowd=$spawned
    sleep 2
    "$program" connect 30 | tee "$work/connect"
    same 'registrars that were refused' "$(measured "$work/connect" connect 4)" 0
    at_most 'a registrar connects' "$(measured "$work/connect" connect 11)" 1000
    reap "$crowd"
    cat "$work/crowd"
}

half_open_connections() {
    echo '== 2,000 half-open connections a second'
    spawn "$program" half-open 2000 8 >"$work/half"
    half=$spawned
    sleep 2
    "$program" connect 30 | tee "$work/connect"
    same 'good clients that were refused' "$(measured "$work/connect" connect 4)" 0
    reap "$half"
    cat "$work/half"
}

# The rate without searches is the mean of before and after: a database that was just filled is slower at first.
creates_beside_searches() {
    echo "== 64 creates in flight beside 4 searches of one reader; $large students"
    "$program" create 64 4 1 | tee "$work/before"
    spawn env ALUNO_CERT="$ca/clients/leo.crt" ALUNO_KEY="$ca/clients/leo.key" "$program" search 4 6 >"$work/search"
    search=$spawned
    sleep 1
    "$program" create 64 4 2000000 | tee "$work/beside"
    reap "$search"
    cat "$work/search"
    "$program" create 64 4 4000000 | tee "$work/after"
    same 'creations that failed' "$(measured "$work/beside" create 4)" 0
    share=$((200 * $(measured "$work/beside" create 2) /
        ($(measured "$work/before" create 2) + $(measured "$work/after" create 2))))
    echo "beside searches: $share % of the rate without them"
    at_most 'the share that is lost' $((100 - share)) $((100 - create_share))
    at_most 'the slowest creation' "$(measured "$work/beside" create 11)" "$create_max"
}

fill_with() {
    "$fill" "$port" "$ca" "$service" "$1" 0 fill:1:sync >"$work/fill" 2>&1 || not_ok "filling: $(cat "$work/fill")"
}

# shellcheck disable=SC3045 # dash has it, and so does every shell of Debian
ulimit -n "$(ulimit -H -n)"
make_certificates
"$ALUNO_CERTS" client "$ca" bench --role admin >"$work/bench.log" || give_up 'no certificate for filling'
start_service
fill_with "$students"
run a_reader_who_hangs_up a_reader_who_stays a_crowd_without_a_role half_open_connections
stop_service
rm -rf "$db"*
start_service
fill_with "$large"
run creates_beside_searches
stop_service
finish
