# Two services over one PostgreSQL, which is killed, crashes, halts, and ends its connections. For run.sh, after service.sh:
# store_sqlite.sh says what is defined here. Every client knows both services.
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # variables of service.sh and run.sh

: "${work:?source service.sh first}" "${link?}"
. "$ALUNO_SOURCE/tests/lib/postgres.sh"
store_faults='kill kill replace halt sessions sessions backend crash crash halt_store'
service1='' port1='' service2='' port2=''

# Makes a service the one that service.sh is about.
choose() { # NUMBER
    eval "service=\$service$1 port=\$port$1"
    log=$work/alunod$1.log
    export ALUNO_SERVER="tls+tcp://127.0.0.1:$port"
}

# A name is that of one service; the server may not have noticed that its process is gone.
is_forgotten() { # NUMBER
    [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 's$1'")" = 0 ]
}

start_one() { # NUMBER
    choose "$1"
    await 'its sessions have ended' is_forgotten "$1"
    start_service --db "$postgres&application_name=s$1" --audit-dir "$work/audit$1"
    eval "service$1=\$service port$1=\$port"
}

start_services() {
    start_postgres -c log_error_verbosity=terse
    start_one 2
    start_one 1
    linked=$port1
}

# Each begins with another one; to the first there are two ways.
servers() { # NUMBER
    first=tls+tcp://127.0.0.1:$port1 second=tls+tcp://127.0.0.1:$port2
    case $(($1 % 4)) in
    0) echo "$first,$second" ;;
    1) echo "$link,$second" ;;
    2) echo "$second,$first" ;;
    3) echo "$second,$link" ;;
    esac
}

is_restored() {
    ! kill -0 "$service" 2>/dev/null || "$ALUNO" --timeout 5 saude
}

keep_running() {
    for number in 1 2; do
        choose $number
        await 'the service answers or has ended' is_restored
        kill -0 "$service" 2>/dev/null || { reap "$service"; start_one $number; }
    done
    choose 1
}

# Of the two services the one that is named by the time that the fault lasts.
choose_one() { # SECONDS
    case $1 in
    *[02468]) choose 1 ;;
    *) choose 2 ;;
    esac
}

end_sessions() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('s1', 's2')" >/dev/null
}

# PostgreSQL ends all others, too, and recovers, as after a loss of power.
kill_backend() {
    pid=$(sql "SELECT pid FROM pg_stat_activity WHERE application_name IN ('s1', 's2') LIMIT 1")
    [ -z "$pid" ] || kill -KILL "$pid"
}

inflict_on_store() {
    choose_one "$2"
    case $1 in
    kill) kill -KILL "$service" ;;
    replace) kill -USR2 "$service" ;;
    halt) kill -STOP "$service" && sleep "$2" && kill -CONT "$service" ;;
    sessions) end_sessions ;;
    backend) kill_backend ;;
    crash) kill_postgres && sleep "$2" && start_postgres -c log_error_verbosity=terse ;;
    halt_store) halt_postgres && sleep "$2" && resume_postgres ;;
    esac
}

stop_services() {
    for number in 1 2; do
        choose $number
        stop_service
    done
}
