# Machines of a cluster: each is a network namespace with one address, all on one bridge. After assert.sh.
#
#   make_network               the bridge, on which this process is 10.77.0.254
#   add_machine NAME ADDRESS   a machine; on NAME COMMAND... runs a command there
#   processes_of NAME          the processes of a machine
#   signal_machine NAME SIGNAL [PROGRAM]   signals them all, or those of one program
#   cut_off NAME               takes its cable out; reconnect NAME puts it back
#   drop FROM TO               loses all packets from a machine to another one, without a word
#   undrop FROM TO             delivers them again
#
# All of it is inside namespaces of this process's own, and ends with it.
# shellcheck shell=sh

network=10.77.0
nowhere=02:00:00:00:00:ff # no machine has this address of Ethernet's

make_network() {
    mount --make-rprivate /
    mkdir -p /run/netns
    mount -t tmpfs none /run/netns
    ip link set lo up
    ip link add hub type bridge
    ip address add $network.254/24 dev hub
    ip link set hub up
}

add_machine() {
    eval "address_of_$1=$2"
    ip netns add "$1"
    ip link add "to-$1" type veth peer name eth0 netns "$1"
    ip link set "to-$1" master hub up
    ip -n "$1" link set lo up
    ip -n "$1" address add "$2/24" dev eth0
    ip -n "$1" link set eth0 up
}

address_of() {
    eval "printf %s \"\$address_of_$1\""
}

on() {
    machine=$1
    shift
    ip netns exec "$machine" "$@"
}

processes_of() {
    ip netns pids "$1"
}

is_program() { # PID NAME
    [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]
}

signal_machine() {
    for pid in $(processes_of "$1"); do
        [ -z "${3:-}" ] || is_program "$pid" "$3" || continue
        kill -"$2" "$pid" 2>/dev/null
    done
}

cut_off() {
    ip link set "to-$1" down
}

reconnect() {
    ip link set "to-$1" up
}

drop() {
    ip -n "$1" neigh replace "$(address_of "$2")" lladdr $nowhere dev eth0 nud permanent
}

undrop() {
    ip -n "$1" neigh delete "$(address_of "$2")" dev eth0 2>/dev/null
}
