#!/bin/sh
# A service that runs long does not grow: sh tests/campaign.sh soak [CALLS]
#
# 10,000,000 by default: creates, a user's calls of each kind, reads and pages in turn, by rounds of eleven seconds on new
# connections. After each round the service's anonymous memory is read; the rest of what is resident is files, as the audit's
# segment that is being written. Over the second half its slope must be below 100 bytes for a thousand calls. Before a million
# caches still fill, and it is only printed. One that would fill all the time is full before: the TLS sessions of 4,096 clients.
calls=${1:-10000000}
case $calls in *[!0-9]*) echo "usage: sh tests/campaign.sh soak [CALLS]" >&2; exit 2 ;; esac
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
load=$ALUNO_BUILD/tests/campaign/campaign-fairness
bench=$ALUNO_BUILD/tests/bench/bench-aluno
students=2000
sessions=4096
at_once=16

memory() {
    awk '$1 == "RssAnon:" { print $2 }' "/proc/$service/status"
}

# A round's calls: its creates and a user's by their count, the others by their rate.
count() { # MODE ARGUMENT...
    "$load" "$@" >"$output" || give_up "$1 fails"
    done_calls=$((done_calls + $(awk '$3 == "calls" { sum += $2 } END { print sum }' "$output")))
    made=$((made + $(awk '$3 == "calls" && $1 == "create" { print $2 }' "$output")))
}

read_students() { # SECONDS POINT
    rate=$("$bench" "$port" "$ca" "$service" "$students" "$1" "$2" | cut -f 2) || give_up "$2 fails"
    done_calls=$((done_calls + ${rate%.*} * $1))
}

fill_sessions() {
    clients=
    for _ in $(seq "$at_once"); do
        spawn "$load" connect $((sessions / at_once)) >/dev/null
        clients="$clients $spawned"
    done
    for client in $clients; do
        reap "$client" || give_up 'clients cannot connect'
    done
}

make_certificates
start_service
for file in crt key; do cp "$ca/clients/ana.$file" "$ca/clients/bench.$file"; done
use_certificate "$ca/clients/ana"
"$bench" "$port" "$ca" "$service" "$students" 0 fill:1:64 >/dev/null || give_up 'the students could not be made'
fill_sessions
made=1
done_calls=0
: >"$work/series"
while [ "$done_calls" -lt "$calls" ]; do
    count create 32 1 "$made"
    count watch 1 "$made"
    read_students 8 get:4:64
    read_students 1 page:4:16
    echo "$done_calls $(memory)" >>"$work/series"
    : >"$log" # a line a call would fill the disk
done
cp "$work/series" "${SERIES:-/dev/null}"
awk -v calls="$done_calls" -v made="$made" -v asked="$calls" '
    { x[NR] = $1; y[NR] = $2 * 1024 }
    END {
        for (i = int(NR / 2) + 1; i <= NR; i++) { n++; sx += x[i]; sy += y[i]; sxx += x[i] * x[i]; sxy += x[i] * y[i] }
        spread = n * sxx - sx * sx
        slope = spread > 0 ? (n * sxy - sx * sy) / spread * 1000 : 0
        printf "soak: %d calls, %d of them creates, %d rounds: %.1f MiB after the first round, %.1f at the end, %.0f bytes for a ",
            calls, made, NR, y[1] / 1048576, y[NR] / 1048576, slope
        print "thousand calls of the second half; sh tests/campaign.sh soak " asked
        exit slope > 100 && calls >= 1000000
    }' "$work/series" || not_ok 'memory grows'
stop_service
finish
