# The faults of the machines with PostgreSQL. After nodes.sh.
#
#   $faults         their names
#   inflict FAULT   injects it into the present primary or standby
#   heal            undoes it, and starts what has ended; the load's own by heal_load
#
# shellcheck shell=sh disable=SC2034 # run.sh reads $faults

: "${work:?}" "${nodes:?source nodes.sh first}"

faults='kill_primary kill_primary_machine pause_primary cut_off_primary partition_primary deafen_primary
    kill_standby pause_standby cut_off_standby switch_over'
heal=:

others_than() {
    for node in $nodes; do
        [ "$node" = "$1" ] || echo "$node"
    done
}

kill_primary() {
    victim=$(primary)
    signal_machine "$victim" KILL postgres
}

kill_primary_machine() {
    kill_machine "$(primary)"
}

pause_primary() {
    pause_machine "$(primary)"
}

cut_off_primary() {
    cut_off_machine "$(primary)"
}

kill_standby() {
    kill_machine "$(synchronous)"
}

pause_standby() {
    pause_machine "$(synchronous)"
}

cut_off_standby() {
    cut_off_machine "$(synchronous)"
}

synchronous() {
    standby_of "$([ -n "${async:-}" ] && echo replica || echo sync_standby)"
}

kill_machine() {
    victim=$1
    signal_machine "$victim" KILL
}

pause_machine() {
    victim=$1 heal=resume_victim
    signal_machine "$victim" STOP
}

cut_off_machine() {
    victim=$1 heal=reconnect_victim
    cut_off "$victim"
}

# The primary cannot be heard by the other two, nor hear them. Services reach all three.
partition_primary() {
    victim=$(primary) heal=unite_victim
    for other in $(others_than "$victim"); do
        drop "$victim" "$other"
        drop "$other" "$victim"
    done
}

# The primary is heard, and hears nothing.
deafen_primary() {
    victim=$(primary) heal=unite_victim
    for other in $(others_than "$victim"); do
        drop "$other" "$victim"
    done
}

resume_victim() {
    signal_machine "$victim" CONT
}

reconnect_victim() {
    reconnect "$victim"
}

unite_victim() {
    for other in $(others_than "$victim"); do
        undrop "$victim" "$other"
        undrop "$other" "$victim"
    done
}

# As an operator does it before he works on a machine.
switch_over() {
    victim=$(primary)
    curl -s -m 30 -X POST -d "{\"leader\": \"$victim\"}" "http://$(address_of "$victim"):8008/switchover" >>"$work/switchover.log"
}

inflict() {
    heal=: victim=
    "$1"
}

heal() {
    $heal
    heal=:
    for node in $nodes; do
        start_node "$node"
    done
    heal_load
}
