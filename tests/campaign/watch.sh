#!/bin/sh
# The bars of watches: [STUDENTS=10000 WATCHERS=50] sh tests/campaign/watch.sh [FUNCTION...]
#
# Every watcher sees every change in order, while replies are lost and the service is killed and replaced; what idle watchers
# cost; how soon a change arrives; and what watchers cost who write. It takes minutes, alone on the machine.
students=${STUDENTS:-10000}
watchers=${WATCHERS:-50}
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
program=$ALUNO_BUILD/tests/campaign/campaign-watch
patience=180
rates=4 # how often the rate is measured with watchers and without, in turn

# Prints the number before or after a word in the line of that title.
measured() { # FILE TITLE WORD OFFSET
    awk -v title="$2" -v word="$3" -v offset="$4" '$1 == title { for (i = 1; i <= NF; i++) if ($i == word) { print $(i + offset); exit } }' "$1"
}

at_most() { # TITLE VALUE LIMIT
    awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value != "" && value + 0 <= limit) }' ||
        not_ok "$1: $2, at most $3"
}

begin_keeping() { # WATCHERS CLIENTS
    spawn "$program" keep "$1" "$2" >"$work/keep"
    keeping=$spawned
    await 'the watches begin' grep -q ready "$work/keep"
}

end_keeping() {
    kill -KILL "$keeping"
    reap "$keeping"
}

resident_kb() {
    awk '/^VmRSS/ { print $2 }' "/proc/$service/status"
}

used() {
    awk '{ print $14 + $15 }' "/proc/$service/stat"
}

options() {
    echo --certificate-watches 2000 --max-watches 2000 --certificate-connections 1100 --max-connections 1200
}

has_started() {
    [ "$(grep -c 'Server started...' "$log")" -ge "$1" ]
}

every_watcher_sees_every_change() {
    echo "== $students changes, $watchers watchers, one reply in ten lost, ten kill -9, two re-executions"
    spawn "$program" follow "$watchers" "$students" "$port" 10 >"$work/follow"
    following=$spawned
    await 'the watches begin' grep -q ready "$work/follow"
    for i in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
        spawn "$program" create $((students / 13)) 64 $((i * students)) >"$work/create.$i"
        creating=$spawned
        await 'the creations begin' grep -q ready "$work/create.$i"
        if [ "$i" -lt 10 ]; then
            kill_service
            # shellcheck disable=SC2046 # the options are words
            start_service $(options)
        elif [ "$i" -lt 12 ]; then
            kill -USR2 "$service"
            await 'it is replaced' has_started $((i - 8))
        fi
        reap "$creating"
        same 'creations that failed' "$(measured "$work/create.$i" create failed -1)" 0
    done
    "$program" create $((students - students / 13 * 13)) 1 $((14 * students)) >"$work/create"
    reap "$following" || not_ok 'the watchers end'
    tail -n 1 "$work/follow"
    same 'changes seen by each' "$(measured "$work/follow" follow least 1)" "$students"
    same 'changes skipped' "$(measured "$work/follow" follow skipped 1)" 0
    same 'places from before' "$(measured "$work/follow" follow unknown 1)" 0
}

idle_watchers_cost_little() {
    before=$(resident_kb)
    begin_keeping 1000 1000
    connected=$(resident_kb)
    used_before=$(used)
    sleep 10
    echo "1000 idle watchers, each a client: $(((connected - before) / 1024)) MB, $(($(used) - used_before)) hundredths of a second in 10 s"
    at_most 'MB of 1000 idle watchers' $(((connected - before) / 1024)) 60
    at_most 'hundredths of a second of a processor' $(($(used) - used_before)) 20
    end_keeping
}

changes_arrive_soon() {
    "$program" latency 500 >"$work/latency"
    tail -n 1 "$work/latency"
    at_most 'the median, ms' "$(measured "$work/latency" latency p50 1)" 5
}

# Prints how many creations a second there are of three times the students, numbered from there.
rate_from() {
    "$program" create $((3 * students)) 64 "$1" >"$work/rate"
    measured "$work/rate" create a -1
}

rate_beside_watchers() {
    begin_keeping "$watchers" "$watchers"
    rate_from "$1" >"$work/with"
    end_keeping
    cat "$work/with"
}

# The rates fall as the database grows, so the two kinds take turns in beginning.
watchers_cost_who_write_little() {
    with=0
    without=0
    for i in $(seq "$rates"); do
        first=$(((20 + 6 * i) * students))
        second=$((first + 3 * students))
        if [ $((i % 2)) = 1 ]; then
            alone=$(rate_from "$first")
            beside=$(rate_beside_watchers "$second")
        else
            beside=$(rate_beside_watchers "$first")
            alone=$(rate_from "$second")
        fi
        echo "creations a second: $alone alone, $beside beside $watchers watchers"
        without=$((without + alone))
        with=$((with + beside))
    done
    share=$((100 * with / without))
    echo "beside watchers: $share % of the rate without them"
    at_most 'the share that is lost, %' $((100 - share)) 10
}

# shellcheck disable=SC3045 # dash has it, and so does every shell of Debian
ulimit -n "$(ulimit -H -n)"
make_certificates
# shellcheck disable=SC2046 # the options are words
start_service $(options)
run every_watcher_sees_every_change idle_watchers_cost_little changes_arrive_soon watchers_cost_who_write_little
stop_service
finish
