#!/bin/sh
# A history: clients make random operations while the service and its machine fail, and what they were told is checked:
# sh tests/histories/run.sh SECONDS [SEED [CLIENTS]]
#
# Half of the clients reach the service through a link that is cut and held. The service is killed by SIGKILL, halted and
# replaced (SIGUSR2); its clock steps, its disk is full, fails to write and to sync (faults.c). Afterwards all is well again,
# and everything is read once more. A history that breaks a promise is kept, and a small one that breaks it, too, in
# $KEPT, else in the folder where one stands.
seconds=${1:-} seed=${2:-$(shuf -i 1-999999999 -n 1)} clients=${3:-8}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
case $seconds$seed$clients in
*[!0-9]* | '') echo "usage: sh tests/histories/run.sh SECONDS [SEED [CLIENTS]]" >&2; exit 2 ;;
esac
folder=${KEPT:-$PWD}
history=$work/history
faults=$work/faults

client() { # NAME SEED SECONDS
    exec "$ALUNO" "$here/client.lua" "$history" "$@"
}

# The machine's condition, read by faults.c; $clock is the seconds by which the clock is wrong.
clock=0
disk=0
set_machine() {
    printf '%-15s' "$clock $disk" 1<>"$faults"
}

is_restored() {
    ! kill -0 "$service" 2>/dev/null || "$ALUNO" --timeout 5 saude
}

# Starts a service that ended, as systemd would.
keep_running() {
    await 'the service answers or has ended' is_restored
    kill -0 "$service" 2>/dev/null || { reap "$service"; start_service; }
}

# Lines of a fault, the seconds before it, those that it lasts, and whether the link is cut while it is held.
schedule() {
    awk -v seed="$seed" -v seconds="$seconds" 'BEGIN {
        srand(seed)
        count = split("kill kill replace replace cut cut up down both halt clock full write sync", faults, " ")
        for (time = 0; time < seconds; time += before + lasts) {
            before = rand() * 0.8
            lasts = rand() * 2
            printf "%s %.2f %.2f %d\n", faults[1 + int(rand() * count)], before, lasts, rand() * 2
        }
    }'
}

with_disk() { # CONDITION SECONDS
    disk=$1
    set_machine
    sleep "$2"
    disk=0
    set_machine
}

with_link_held() { # DIRECTION SECONDS CUTS
    echo "hold $1" >&8
    sleep "$2"
    [ "$3" = 0 ] || echo cut >&8
    echo flow >&8
}

inflict() { # FAULT SECONDS CUTS
    case $1 in
    kill) kill -KILL "$service" ;;
    replace) kill -USR2 "$service" ;;
    cut) echo cut >&8 ;;
    up | down | both) with_link_held "$@" ;;
    halt) kill -STOP "$service" && sleep "$2" && kill -CONT "$service" ;;
    clock) clock=$((3600 - clock)) && set_machine ;;
    full) with_disk 1 "$2" ;;
    write) with_disk 2 "$2" ;;
    sync) with_disk 3 "$2" ;;
    esac 2>/dev/null
    keep_running
}

# alunod on such a machine.
wrap_alunod() {
    printf '%-31s' '0 0' >"$faults"
    cat >"$work/alunod" <<SH
#!/bin/sh
FAULTS='$faults' LD_PRELOAD='$ALUNO_BUILD/tests/histories/libhistory_faults.so' \\
    ASAN_OPTIONS=verify_asan_link_order=0 exec '$ALUNOD' "\$@"
SH
    chmod +x "$work/alunod"
    ALUNOD=$work/alunod
}

make_certificates
wrap_alunod
start_service
mkfifo "$work/commands"
exec 8<>"$work/commands" # opened for both, so that neither end waits for the other
spawn "$ALUNO_BUILD/tests/histories/history-link" "$((port + 1))" "$port" <"$work/commands"
echo "# seed $seed, $clients clients, $seconds s" >"$history"
running='' watching=''
# Every second one goes by the link.
member() { # NUMBER SCRIPT NAME ARGUMENT...
    [ $(($1 % 2)) = 0 ] && server=$ALUNO_SERVER || server=tls+tcp://127.0.0.1:$((port + 1))
    name=$3 script=$2 number=$1
    shift 3
    spawn env ALUNO_SERVER="$server" "$ALUNO" "$here/$script" "$history" "$name" $((seed + number)) "$@"
}
for number in 1 2; do
    member "$number" watcher.lua "w$number"
    watching="$watching $spawned"
done
for number in $(seq "$clients"); do
    member "$number" client.lua "c$number" "$seconds"
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
all_end() { # PROCESS...
    for process; do
        reap "$process"
        same 'a client ends' $? 0
    done
}
# shellcheck disable=SC2086 # words
all_end $running
await 'everything is read' "$ALUNO" "$here/client.lua" "$history" final 0 0
: >"$history.end"
# shellcheck disable=SC2086 # words
all_end $watching
stop_service

echo "seed $seed, $clients clients, $seconds s, $inflicted faults: $(head -n "$inflicted" "$work/schedule" | cut -d ' ' -f 1 |
    sort | uniq -c | awk '{ printf "%s%d %s", separator, $1, $2; separator = ", " }')"
cp "$history" "$folder/whole.$seed.history"
if "$ALUNO" "$here/check.lua" --shrink "$folder/small.$seed.history" "$history"; then
    rm "$folder/whole.$seed.history"
else
    not_ok "the history keeps its promises: $folder/whole.$seed.history; again: sh tests/histories/run.sh $seconds $seed $clients"
fi
finish
