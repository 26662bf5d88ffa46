# Three alunod, on the machines s1, s2 and s3, and load by clients of the SDK (load.c), and by others that record a history
# (tests/histories). After nodes.sh and faults.sh.
#
#   start_load, stop_load, load_is_whole, state   as in load_psql.sh
#   drain_service and others                      faults, which are added to those of faults.sh
# shellcheck shell=sh disable=SC2034,SC2154 # variables of faults.sh and run.sh

: "${here:?}" "${work:?}" "${ca:?}" "${network:?}" "${workers:?}" "${journal:?}" "${postgres:?source nodes.sh first}" "${faults:?source faults.sh first}"
histories=$ALUNO_SOURCE/tests/histories
history=$work/history
recorders=6
clients=$ALUNO_BUILD/tests/cluster/campaign-cluster
services='s1 s2 s3'
faults="$faults kill_service pause_service cut_off_service partition_service drain_service
    kill_primary_and_service kill_primary_cut_off_service"

service_address() {
    echo "$(address_of "$1"):3000"
}

# A new process takes over the database, the audit and the log of the former one.
start_alunod() { # MACHINE
    ip netns exec "$1" "$ALUNOD" --listen "tls+tcp://$(service_address "$1")" --db "$database&application_name=$1" \
        --audit-dir "$work/$1/audit" --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" --require none \
        >>"$work/$1/alunod.log" 2>&1 </dev/null &
}

start_services() {
    database="postgresql://$postgres_hosts?user=aluno&passfile=$work/passfile" # with aluno@ it would look like an e-mail address
    (umask 077 && echo '*:*:*:aluno:aluno' >"$work/passfile")
    for number in 1 2 3; do
        add_machine s$number "$network.1$number"
        mkdir "$work/s$number"
        start_alunod s$number
    done
    ALUNO_SERVER="$(service_address s1),$(service_address s2),$(service_address s3)"
    export ALUNO_SERVER ALUNO_TLS_NAME=localhost
}

# Whether a service says that it makes changes.
serves() { # MACHINE
    ALUNO_SERVER=$(service_address "$1") "$ALUNO" --timeout 3 saude 2>/dev/null | grep -qw SERVING
}

# As systemd does, a service that ended because no primary answered yet is started again.
load_is_whole() {
    heal_load
    for each in $services; do
        serves "$each" || return
    done
}

start_load() {
    make_certificates
    use_certificate "$ca/clients/ana" # an admin, who may erase
    start_services
    await 'the services serve' load_is_whole || { cat "$work"/s?/alunod.log; give_up 'they do not'; }
    shared=$("$clients" begin)
    spawn "$clients" work "$workers" "$shared" "$journal" 2>"$work/load.log"
    start_recorders
}

# ---- the history ----

# Few of its outcomes are to be open: that makes it hard to check. Each begins with another service.
record() { # NUMBER SCRIPT NAME ARGUMENT...
    servers=$(echo "$ALUNO_SERVER,$ALUNO_SERVER" | cut -d , -f "$(($1 % 3 + 1))-$(($1 % 3 + 3))")
    recording="ALUNO_SERVER=$servers HISTORY_TIMEOUT=20 HISTORY_PAUSE=0.15 HISTORY_QUERY=Aluno"
    script=$2 name=$3 number=$1
    shift 3
    # shellcheck disable=SC2086 # words
    spawn env $recording "$ALUNO" "$histories/$script" "$history" "$name" $((seed + number)) "$@"
}

start_watcher() { # NUMBER [AGE]
    record "$1" watcher.lua "w$1" ${2:+"$2"}
    watching="$watching $spawned"
}

start_recorders() {
    watching=
    start_watcher 1
    start_watcher 2
    start_watcher 3 50 # of half of the students
    for number in $(seq $recorders); do
        record "$number" client.lua "c$number" 86400
    done
}

# The watchers read what is left when nobody changes anything any more; the other clients may end in the middle of a change.
end_history() {
    all=$processes processes=
    for process in $all; do
        case " $watching " in
        *" $process "*) processes="$processes $process" ;;
        *) kill -KILL "$process" && wait "$process" ;;
        esac 2>/dev/null
    done
    await 'everything is read' env HISTORY_QUERY=Aluno "$ALUNO" "$histories/client.lua" "$history" final 0 0
    : >"$history.end"
    for process in $watching; do
        reap "$process"
        same 'a watcher ends' $? 0
    done
}

check_history() {
    "$ALUNO" "$histories/check.lua" --shrink "$work/small.history" "$history" || not_ok 'the history keeps its promises'
}

# Any outcome other than done or open is unexpected.
stop_load() {
    end_history
    check_history
    same 'calls that were refused' "$(cat "$work/load.log")" ''
    for each in $services; do
        signal_machine "$each" TERM
    done
}

state() {
    "$clients" state "$shared"
}

load_logs() {
    for each in $services; do
        mkdir -p "$1/$each" && cp "$work/$each/alunod.log" "$1/$each"
    done
    cp "$work/load.log" "$history" "$1"
    [ ! -f "$work/small.history" ] || cp "$work/small.history" "$1"
}

# ---- faults of services ----

draw_service() {
    draw 3
    service=s$((random + 1))
}

kill_service() {
    draw_service
    kill_machine "$service"
}

pause_service() {
    draw_service
    pause_machine "$service"
}

cut_off_service() {
    draw_service
    cut_off_machine "$service"
}

# The service cannot reach the primary; its clients reach it.
partition_service() {
    draw_service
    victim=$service heal=unite_service lost=$(primary)
    drop "$victim" "$lost"
    drop "$lost" "$victim"
}

unite_service() {
    undrop "$victim" "$lost"
    undrop "$lost" "$victim"
}

# As an operator who replaces a program: what is under way is answered.
drain_service() {
    draw_service
    victim=$service
    signal_machine "$victim" TERM
}

# Two at once.
kill_primary_and_service() {
    kill_primary_machine
    kill_service
}

kill_primary_cut_off_service() {
    kill_primary
    cut_off_service
}

heal_load() {
    for each in $services; do
        runs_on "$each" alunod || start_alunod "$each"
    done
}
