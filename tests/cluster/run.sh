#!/bin/sh
# A cluster under load that fails again and again: sh tests/cluster/run.sh [--psql] [OPTION...] [FAULTS [SEED]], as root
#
# Three PostgreSQL under Patroni, with etcd, and three alunod, each on a machine of its own: a network namespace. Clients of
# the SDK change students meanwhile, and never give up a change. FAULTS, 24 by default, come in turn: primaries, standbys and
# services are killed, paused, cut off and partitioned. After each the cluster is repaired, and the replies that clients
# got are compared with the stored rows. Fails when anything acknowledged was lost, doubled or made on a stale etag, or when a
# client had to wait more than 30 s. Further clients record a history (tests/histories), which is checked at the end.
#
#   --psql    without aluno: ordinary transactions by psql. It shows what the cluster itself can do
#   --only=FAULT,...   these alone
#   --async   without synchronous replication: what is acknowledged may be lost then, which the campaign must find
#
# KEPT=FOLDER keeps the logs of PostgreSQL, Patroni and etcd, the journal, the state and the history there.
#
# It needs Debian's packages postgresql, patroni, etcd-server, curl and jq, and takes a minute a fault.
load=sdk async='' chosen=''
options=
while :; do
    case ${1:-} in
    --psql) load=psql ;;
    --async) async=yes ;;
    --only=*) chosen=$(echo "${1#*=}" | tr , ' ') ;;
    *) break ;;
    esac
    options="$options $1"
    shift
done
count=${1:-24} seed=${2:-$(shuf -i 1-999999999 -n 1)}
case $count$seed in
*[!0-9]*) echo "usage: sh tests/cluster/run.sh [--psql] [--async] [--only=FAULT,...] [FAULTS [SEED]]" >&2; exit 2 ;;
esac
for program in patroni etcd curl jq unshare ip; do
    command -v $program >/dev/null || { echo "$program is missing: apt-get install patroni etcd-server curl jq" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo 'network namespaces need root' >&2; exit 2; }
# shellcheck disable=SC2086 # words
if [ -z "${IN_NAMESPACES:-}" ]; then # all processes end with the first one of their namespace
    IN_NAMESPACES=yes exec unshare --mount --net --pid --fork --kill-child --mount-proc \
        sh "$0" $options "$count" "$seed"
fi
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
workers=6
outage_max=30000 # ms
patience=180
journal=$work/journal
. "$here/network.sh"
. "$here/nodes.sh"
. "$here/faults.sh"
# shellcheck source=load_sdk.sh
. "$here/load_$load.sh"

at_end() {
    [ -z "${KEPT:-}" ] || { load_logs "$KEPT" && node_logs "$KEPT" && cp "$journal" "$work/told" "$work/state" "$KEPT"; }
    end_processes
    umount -l "$cluster"
}

now() {
    date +%s%3N
}

# Whether each client got a reply to a change since then, in ms.
all_go_on_since() {
    [ "$(tac "$journal" | awk -v since="$1" '$1 <= since { exit } { told[$2] } END { print length(told) }')" = "$workers" ]
}

# Sets $random to a number below the argument, from the seed.
draw() {
    drawn=$(((drawn * 1103515245 + 12345) % 2147483648))
    random=$((drawn / 65536 % $1))
}

is_whole() {
    nodes_are_whole && load_is_whole
}

read_state() {
    state >"$work/state"
}

# Compares the journal of this moment with what is stored afterwards. Sets outage, lost, doubled and stale.
compare() { # FROM TO
    cp "$journal" "$work/told"
    await 'the state is read' read_state || return
    # shellcheck disable=SC2046 # words
    set -- $(awk -v from="$1" -v to="$2" -f "$here/verdict.awk" "$work/told" "$work/state")
    outage=$1 lost=$2 doubled=$3 stale=$4
}

# One fault, from its beginning until all are well again.
round() { # FAULT
    begun=$(now) led=$(primary)
    inflict "$1"
    draw 20
    sleep $((3 + random)) # the time that it lasts, which is part of the fault
    await "$1: everybody goes on" all_go_on_since "$begun"
    heal
    await "$1: the cluster is whole" is_whole || give_up 'the next fault would be a second one'
    await "$1: everybody goes on, healed" all_go_on_since "$(now)"
    compare "$begun" "$(now)"
    [ "$led" = "$(primary)" ] || failovers=$((failovers + 1))
    printf '%-22s %-3s outage %5d ms, lost %d, doubled %d, stale %d; %d changes so far, %d failovers\n' \
        "$1" "$victim" "$outage" "$lost" "$doubled" "$stale" "$(wc -l <"$work/told")" "$failovers"
    [ "$outage" -le $outage_max ] || not_ok "$1: an outage of $outage ms"
    same "$1: lost, doubled, stale" "$lost $doubled $stale" '0 0 0'
}

echo "seed $seed, $count faults, load by $load${async:+, without synchronous replication}"
drawn=$seed failovers=0
make_network
make_nodes
: >"$journal"
start_load
await 'all clients begin' all_go_on_since 0
for fault in $(yes "${chosen:-$faults}" | tr ' ' '\n' | grep . | head -n "$count"); do
    round "$fault"
done
stop_load
finish
