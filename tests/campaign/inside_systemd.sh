#!/bin/sh
# The packages and the unit, as an operator uses them, on a machine that systemd.sh has started. Not to be run elsewhere: it
# installs, kills and purges.
[ -d /packages ] || { echo 'run tests/campaign/systemd.sh' >&2; exit 2; }
export ALUNO_BUILD=/
. "$(dirname "$0")/../lib/assert.sh"

cd /root || exit

property() {
    systemctl show --value -p "$1" alunod
}

is_state() {
    same "$1" "$(property ActiveState)/$(property SubState)" "$2"
}

log() {
    journalctl -q --no-pager -o cat -u alunod
}

starts() {
    log | grep -c 'msg="Server started..."'
}

has_started() {
    [ "$(starts)" = "$1" ]
}

answers() {
    ana saude
}

# await TITLE SECONDS COMMAND...
await() {
    title=$1 deadline=$(($(date +%s) + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ "$(date +%s)" -ge "$deadline" ]; then
            not_ok "$title: $*"
            log | tail -n 20 >&2
            return 1
        fi
        sleep 0.1
    done
}

ana() {
    aluno --server tls+tcp://localhost:3000 --ca /root/school/ca.crt --cert /root/school/clients/ana.crt --key /root/school/clients/ana.key "$@"
}

# ---- what is checked ----

the_packages_install() {
    works 'dpkg' sh -c 'dpkg --install /packages/*.deb'
    is_state 'nothing starts by itself' inactive/dead
    same 'the folder of students' "$(stat -c '%U %a' /var/lib/aluno)" 'aluno 700'
    works 'systemd takes the unit' systemd-analyze --man=no verify /lib/systemd/system/alunod.service
    works 'a start without a key is skipped' systemctl start alunod
    is_state 'it waits for the certificates' inactive/dead
}

# As service/README.md says.
the_certificates_are_made() {
    works 'the CA' aluno-certs init school
    works 'the service' aluno-certs server school localhost 127.0.0.1
    works 'an admin' aluno-certs client school ana --role admin
    cp school/ca.crt school/ca.crl school/server.crt school/server.key /etc/aluno
    printf 'backup-dir = /var/backups/aluno\nstatus = 127.0.0.1:9300\n' >>/etc/aluno/alunod.conf
    same 'the key is root'"'"'s alone' "$(stat -c '%U %a' /etc/aluno/server.key)" 'root 600'
}

# Type=notify: systemctl start returns when the service answers.
it_is_ready_when_start_returns() {
    works 'enable' systemctl enable alunod
    works 'start' systemctl start alunod
    works 'it answers at once' answers
    is_state 'it runs' active/running
    same 'its type' "$(property Type)" notify
    same 'its user' "$(ps_user "$(property MainPID)")" aluno
}

ps_user() {
    stat -c %U "/proc/$1"
}

# LoadCredential: what alunod cannot read by itself. Its page is locked in memory.
the_key_is_handed_over() {
    fails 1 'the service'"'"'s user' setpriv --reuid aluno --regid aluno --clear-groups cat /etc/aluno/server.key
    tr '\0' '\n' <"/proc/$(property MainPID)/cmdline" | grep -qx "/run/credentials/alunod.service/server.key" ||
        not_ok "the key comes from the credentials: $(tr '\0' ' ' <"/proc/$(property MainPID)/cmdline")"
    awk '$1 == "VmLck:" { exit !$2 }' "/proc/$(property MainPID)/status" || not_ok 'the key may be swapped out'
}

it_is_protected() {
    exposure=$(systemd-analyze security --no-pager alunod | sed -n 's/.*exposure level for .*: \([0-9.]*\).*/\1/p')
    echo "exposure of the unit that runs: $exposure"
    [ "$(printf '%s\n1.5\n' "$exposure" | sort -g | tail -n 1)" = 1.5 ] || not_ok "the exposure is $exposure"
    works 'a student is created' ana criar --nome 'Ana Souza' --idade 20 --cpf 111.444.777-35 --email ana@exemplo.com
    same 'the database' "$(stat -c '%U %a' /var/lib/aluno/aluno.db)" 'aluno 600'
}

it_is_seen_from_outside() {
    works 'the status page' bash -c 'exec 3<>/dev/tcp/127.0.0.1/9300 && printf "GET /readyz HTTP/1.0\r\n\r\n" >&3 && cat <&3'
    says 'SERVING'
}

newest_backup() {
    find /var/backups/aluno -name 'aluno.db.*.backup' | sort | tail -n 1
}

a_backup_is_made() {
    works 'copia' ana copia
    says 'Cópia verificada'
    file=$(newest_backup)
    same 'its owner and mode' "$(stat -c '%U %a' "$file")" 'aluno 600'
}

# systemctl reload returns at once; systemd waits for READY=1.
a_reload_keeps_the_process() {
    pid=$(property MainPID)
    works 'reload' systemctl reload alunod
    await 'the certificates are read' 60 sh -c "journalctl -q -o cat -u alunod | grep -q 'Certificates reloaded'"
    await 'it is active again' 60 systemctl is-active alunod
    same 'the process stays' "$(property MainPID)" "$pid"
}

# USR2, by the script of the package: no call fails meanwhile.
an_upgrade_keeps_the_process() {
    pid=$(property MainPID) before=$(starts)
    works 'dpkg, over the same version' sh -c 'dpkg --install /packages/alunod_*.deb'
    for i in 1 2 3 4 5; do
        works "call $i" ana saude
    done
    await 'it has started anew' 60 has_started $((before + 1))
    same 'the process stays' "$(property MainPID)" "$pid"
    is_state 'it runs' active/running
    same 'systemd has not restarted it' "$(property NRestarts)" 0
}

a_killed_service_comes_back() {
    kill -KILL "$(property MainPID)"
    await 'it answers again' 60 answers
    same 'systemd has restarted it' "$(property NRestarts)" 1
    works 'the student is there' ana ver 1
}

# Halted, it is silent: WatchdogSec=30.
the_watchdog_ends_a_hung_service() {
    pid=$(property MainPID)
    kill -STOP "$pid"
    await 'it is killed' 120 sh -c "! kill -0 $pid"
    await 'it answers again' 60 answers
    journalctl -q -o cat -u alunod | grep -q 'Watchdog timeout' || not_ok 'the journal names the watchdog'
    same 'systemd has restarted it' "$(property NRestarts)" 2
}

a_backup_is_restored() {
    file=$(newest_backup)
    works 'stop' systemctl stop alunod
    works 'restore' alunod restore "$file" --db /var/lib/aluno/aluno.db
    works 'start' systemctl start alunod
    works 'the student is there' ana ver 1
}

a_stop_is_clean() {
    works 'stop' systemctl stop alunod
    is_state 'it has ended' inactive/dead
    same 'the result' "$(property Result) $(property ExecMainStatus)" 'success 0'
    log | tail -n 5 | grep -q 'msg="Server stopped."' || not_ok 'the log says so'
    works 'start' systemctl start alunod
}

a_purge_leaves_the_students() {
    works 'dpkg' dpkg --purge alunod
    fails 3 'it does not run' systemctl is-active alunod
    [ -e /var/lib/aluno/aluno.db ] || not_ok 'the students stay'
}

run the_packages_install the_certificates_are_made it_is_ready_when_start_returns the_key_is_handed_over it_is_protected \
    it_is_seen_from_outside a_backup_is_made a_reload_keeps_the_process an_upgrade_keeps_the_process \
    a_killed_service_comes_back the_watchdog_ends_a_hung_service a_backup_is_restored a_stop_is_clean \
    a_purge_leaves_the_students
finish
