#!/bin/sh
# The messages to systemd: ready after the start, reloading and ready around SIGHUP and SIGUSR2, alive each second, and
# stopping at the end. A restart allows itself a longer silence.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

told=$work/told

# Whether the messages, which have no ends of lines, are these, those of the watchdog aside.
were_told() {
    [ "$(sed 's/WATCHDOG=1//g; s/WATCHDOG_USEC=[0-9]*//g' "$told")" = "$1" ]
}

it_is_ready_when_it_has_started() {
    await 'READY' were_told READY=1
    await 'it lives' grep -q WATCHDOG=1 "$told"
}

a_reload_is_told() {
    kill -HUP "$service"
    await 'reloading, then ready' were_told READY=1RELOADING=1READY=1
}

# Also one that migrates a large database. The usual limit counts again when it is ready.
a_restart_is_told_as_one() {
    kill -USR2 "$service"
    await 'reloading, then ready' were_told READY=1RELOADING=1READY=1RELOADING=1READY=1
    await 'silent for an hour at most' \
        grep -q 'RELOADING=1WATCHDOG_USEC=3600000000READY=1WATCHDOG_USEC=30000000' "$told"
}

the_end_is_told() {
    stop_service
    await 'stopping' were_told READY=1RELOADING=1READY=1RELOADING=1READY=1STOPPING=1
}

: >"$told"
spawn socat -u "UNIX-RECV:$work/notify" "OPEN:$told,append"
await 'the socket is there' test -S "$work/notify"
make_certificates
export NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=30000000
launch_service
run it_is_ready_when_it_has_started a_reload_is_told a_restart_is_told_as_one the_end_is_told
finish
