# One service over SQLite, on a machine whose clock steps and whose disk is full, fails to write and to sync (faults.c). For
# run.sh, after service.sh. Both stores define:
#
#   $store_faults    their names, in addition to those of the link; the more often one stands there the more often it comes
#   start_services   starts what is to be tested; $linked is the port that the link leads to
#   servers NUMBER   the addresses of that client: every second one goes by the link, at $link
#   inflict_on_store FAULT SECONDS
#   keep_running     waits until the service answers, and starts it when it ended, as systemd would
#   stop_services
#
# shellcheck shell=sh disable=SC2034,SC2153 # run.sh reads what is set here; ALUNO is of assert.sh

: "${work:?source service.sh first}" "${port?}" "${service?}" "${link?}"
store_faults='kill kill replace replace halt clock full write sync'
faults=$work/faults

# The machine's condition, read by faults.c; $clock is the seconds by which the clock is wrong.
clock=0
disk=0
set_machine() {
    printf '%-15s' "$clock $disk" 1<>"$faults"
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

start_services() {
    wrap_alunod
    start_service
    linked=$port
}

servers() {
    [ $(($1 % 2)) = 0 ] && echo "$ALUNO_SERVER" || echo "$link"
}

is_restored() {
    ! kill -0 "$service" 2>/dev/null || "$ALUNO" --timeout 5 saude
}

keep_running() {
    await 'the service answers or has ended' is_restored
    kill -0 "$service" 2>/dev/null || { reap "$service"; start_service; }
}

with_disk() { # CONDITION SECONDS
    disk=$1
    set_machine
    sleep "$2"
    disk=0
    set_machine
}

inflict_on_store() {
    case $1 in
    kill) kill -KILL "$service" ;;
    replace) kill -USR2 "$service" ;;
    halt) kill -STOP "$service" && sleep "$2" && kill -CONT "$service" ;;
    clock) clock=$((3600 - clock)) && set_machine ;;
    full) with_disk 1 "$2" ;;
    write) with_disk 2 "$2" ;;
    sync) with_disk 3 "$2" ;;
    esac
}

stop_services() {
    stop_service
}
