#!/bin/sh
# A history: clients make random operations while the service and its machine fail, and the replies to them are checked:
# sh tests/histories/run.sh [--store sqlite|postgres] SECONDS [SEED [CLIENTS]]
#
# Half of the clients reach the service through a link that is cut and held. The service is killed by SIGKILL, halted and
# replaced (SIGUSR2); what its store suffers is in store_sqlite.sh and store_postgres.sh. Afterwards all is well again,
# and everything is read once more. A history that breaks a promise is kept, and a small one that breaks it, too, in
# $KEPT, else in the folder where one stands.
store=sqlite
[ "${1:-}" != --store ] || { store=${2:-}; shift 2; }
seconds=${1:-} seed=${2:-$(shuf -i 1-999999999 -n 1)} clients=${3:-8}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
case $seconds$seed$clients:$store in
*[!0-9]*:* | :* | *:*[!a-z]*) usage=yes ;;
*) [ -f "$here/store_$store.sh" ] || usage=yes ;;
esac
[ -z "${usage:-}" ] || { echo "usage: sh tests/histories/run.sh [--store sqlite|postgres] SECONDS [SEED [CLIENTS]]" >&2; exit 2; }
folder=${KEPT:-$PWD}
history=$work/history
link='' # its address
# shellcheck source=store_sqlite.sh
. "$here/store_$store.sh"

# Lines of a fault, the seconds before it, those that it lasts, and whether the link is cut while it is held.
schedule() {
    awk -v seed="$seed" -v seconds="$seconds" -v faults="cut cut up down both $store_faults" 'BEGIN {
        srand(seed)
        count = split(faults, each, " ")
        for (time = 0; time < seconds; time += before + lasts) {
            before = rand() * 0.8
            lasts = rand() * 2
            printf "%s %.2f %.2f %d\n", each[1 + int(rand() * count)], before, lasts, rand() * 2
        }
    }'
}

with_link_held() { # DIRECTION SECONDS CUTS
    echo "hold $1" >&8
    sleep "$2"
    [ "$3" = 0 ] || echo cut >&8
    echo flow >&8
}

inflict() { # FAULT SECONDS CUTS
    case $1 in
    cut) echo cut >&8 ;;
    up | down | both) with_link_held "$@" ;;
    *) inflict_on_store "$@" 2>/dev/null ;;
    esac
    keep_running
}

start_link() {
    mkfifo "$work/commands"
    exec 8<>"$work/commands" # opened for both, so that neither end waits for the other
    link=tls+tcp://127.0.0.1:$((linked + 1))
    spawn "$ALUNO_BUILD/tests/histories/history-link" "$((linked + 1))" "$linked" <"$work/commands"
}

start_member() { # NUMBER SCRIPT NAME ARGUMENT...
    member_servers=$(servers "$1") script=$2 name=$3 member_seed=$((seed + $1))
    shift 3
    spawn env ALUNO_SERVER="$member_servers" "$ALUNO" "$here/$script" "$history" "$name" "$member_seed" "$@"
}

start_watcher() { # NUMBER [AGE]
    start_member "$1" watcher.lua "w$1" ${2:+"$2"}
    watching="$watching $spawned"
}

all_end() { # PROCESS...
    for process; do
        reap "$process"
        same 'a client ends' $? 0
    done
}

make_certificates
use_certificate "$ca/clients/ana" # an admin, who may erase
start_services
start_link
echo "# seed $seed, $clients clients, $seconds s, $store" >"$history"
running='' watching=''
start_watcher 1
start_watcher 2
start_watcher 3 50 # of half of the students
for number in $(seq "$clients"); do
    start_member "$number" client.lua "c$number" "$seconds"
    running="$running $spawned"
done

schedule >"$work/schedule"
ends=$(($(date +%s) + seconds))
inflicted=0
while [ "$(date +%s)" -lt "$ends" ] && read -r fault before lasts cuts <&7; do
    sleep "$before" # faults come at random: this is no wait
    inflict "$fault" "$lasts" "$cuts"
    inflicted=$((inflicted + 1))
done 7<"$work/schedule"
# shellcheck disable=SC2086 # words
all_end $running
await 'everything is read' "$ALUNO" "$here/client.lua" "$history" final 0 0
: >"$history.end"
# shellcheck disable=SC2086 # words
all_end $watching
stop_services

echo "seed $seed, $clients clients, $seconds s, $inflicted faults: $(head -n "$inflicted" "$work/schedule" | cut -d ' ' -f 1 |
    sort | uniq -c | awk '{ printf "%s%d %s", separator, $1, $2; separator = ", " }')"
cp "$history" "$folder/whole.$seed.history"
if "$ALUNO" "$here/check.lua" --shrink "$folder/small.$seed.history" "$history"; then
    rm "$folder/whole.$seed.history"
else
    again="sh tests/histories/run.sh --store $store $seconds $seed $clients"
    not_ok "the history keeps its promises: $folder/whole.$seed.history; again: $again"
fi
finish
