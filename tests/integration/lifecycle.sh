#!/bin/sh
# The life cycle of a service: stopping loses no reply, killing loses no acknowledged change, a restart keeps the
# students, a reload reads the certificates. The log reports each and has no personal data.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

loaders=

# Creates students until a call fails, and prints "id CPF" for each success. The first argument makes its CPFs differ
# from those of other runs.
cat >"$work/load.lua" <<'END'
io.stdout:setvbuf "line"
local client = assert(aluno.connect {timeout = 2})
for i = 1, 99999 do
    local cpf = ("3%s%08d"):format(arg[1], i)
    local student, err = client:create {name = "Carregado Segredo", age = 30, br_document = cpf, email = "carga@secreto.br"}
    if not student then
        io.stderr:write(err.reason .. "\n")
        os.exit(1, true)
    end
    print(student.id .. " " .. student.br_document)
end
END

start_loaders() {
    loaders=
    : >"$work/answered"
    for loader in "$1"1 "$1"2 "$1"3 "$1"4; do
        spawn "$ALUNO" "$work/load.lua" "$loader" >>"$work/answered" 2>>"$work/refused"
        loaders="$loaders $spawned"
    done
}

has_answered() {
    [ "$(wc -l <"$work/answered")" -ge "$1" ]
}

reap_loaders() {
    for loader in $loaders; do
        reap "$loader"
        same 'a loader saw the service go' $? 1
    done
}

# Every acknowledged student is stored, with its CPF.
every_answer_is_kept() {
    "$ALUNO" listar | sed 's/^{"id": \([0-9]*\),.*"br_document": "\([0-9]*\)".*/\1 \2/' | sort >"$work/stored"
    sort "$work/answered" | comm -23 - "$work/stored" >"$work/lost"
    same "$1: answered and lost, of $(wc -l <"$work/answered")" "$(cat "$work/lost")" ''
}

it_starts() {
    exec 9<"$work"
    flock 9 # as the script may have that starts it
    empty_service
    exec 9<&-
    logged 'msg="Starting server..."' || not_ok 'the log says Starting server...'
    logged "msg=\"Server started...\" listen=$ALUNO_SERVER db=$db" || not_ok 'the log says Server started...'
    same 'nor the folder of the audit' "$(stat -c %a "$db-audit")" 700
    same 'nobody else may read its files' "$(find "$db"* -type f ! -perm 600)" ''
}

it_logs_what_is_done_and_nothing_of_anybody() {
    works 'create' "$ALUNO" criar --nome 'Fulano Reservado' --idade 16 --cpf 529.982.247-25 --email oculto@privado.br
    works 'update' "$ALUNO" atualizar --cpf 52998224725 --nome 'Beltrano Discreto'
    works 'list' "$ALUNO" listar
    works 'delete' "$ALUNO" deletar --cpf 529.982.247-25
    for verb in criar atualizar listar deletar; do
        await "the log says Ação $verb executada." logged "msg=\"Ação $verb executada.\""
    done
    fails 4 'a refusal' "$ALUNO" obter --cpf 529.982.247-25
    fails 3 'of the service' run_lua 'local c = assert(aluno.connect {})
        local none, err = c:list {page_token = "Fulano Reservado"} os.exit(err.code == "INVALID_ARGUMENT" and 3 or 1, true)'
    await 'the log says what was refused' logged 'msg="Call refused."'
    works 'again' "$ALUNO" criar --nome 'Fulano Reservado' --idade 16 --cpf 529.982.247-25 --email oculto@privado.br
    fails 5 'a CPF that is taken' "$ALUNO" criar --nome 'Outro Nome' --idade 16 --cpf 529.982.247-25 --email o@privado.br
    works 'removed' "$ALUNO" deletar --cpf 529.982.247-25
    nothing_personal_is_logged
}

nothing_personal_is_logged() {
    fails 1 'no CPF, name or e-mail in the log' grep -iE \
        '52998224725|529\.982\.247|Fulano|Reservado|Beltrano|privado|Outro|Segredo|secreto|3[1-4][1-4]000[0-9]{5}' "$log"
}

a_stop_under_load_loses_no_answer() {
    start_loaders 1
    await 'students are created' has_answered 100
    stop_service
    reap_loaders
    logged 'msg="Stopping: draining."' || not_ok 'the log says that it drains'
    logged 'msg="Server stopped."' || not_ok 'the log says that it has stopped'
    ! logged 'not answered in time' || not_ok 'every call was answered'
    same 'the loaders saw it end' \
        "$(grep -cvE '^(DRAINING|CONNECTION_[A-Z]*|DEADLINE_PASSED)$' "$work/refused")" 0
    nothing_personal_is_logged
    [ ! -s "$db-wal" ] || not_ok 'the write-ahead log was put into the database'
    start_service
    every_answer_is_kept 'after a stop'
}

a_kill_loses_no_answer() {
    for round in 2 3 4; do
        start_loaders "$round"
        await 'students are created' has_answered $((round * 60))
        kill_service
        reap_loaders
        start_service
        every_answer_is_kept "after kill -9, round $((round - 1))"
    done
}

it_stops_at_once_when_idle() {
    before=$(date +%s)
    kill -INT "$service"
    reap "$service"
    same 'SIGINT ends it too' $? 0
    [ $(($(date +%s) - before)) -le 5 ] || not_ok 'an idle service waits for nothing'
    start_service
}

# ---- certificates read anew ----

serial_shown() {
    openssl s_client -connect "127.0.0.1:$port" </dev/null 2>/dev/null | openssl x509 -noout -serial
}

reload_count() {
    grep -c 'msg="Certificates reloaded."' "$log"
}

reloads() {
    [ "$(reload_count)" = "$1" ]
}

reload_failures() {
    [ "$(grep -c 'msg="Certificates not reloaded: the old ones stay."' "$log")" = "$1" ]
}

new_certificates_are_taken() {
    before=$(reload_count)
    old=$(serial_shown)
    works 'renew the certificate' "$ALUNO_CERTS" renew "$ca" server
    same 'without a signal the old one is shown' "$(serial_shown)" "$old"
    kill -HUP "$service"
    await 'SIGHUP: they are read' reloads $((before + 1))
    same 'the new one is shown' "$(serial_shown)" "$(openssl x509 -in "$ca/server.crt" -noout -serial)"
    [ "$(serial_shown)" != "$old" ] || not_ok 'it is another'
    works 'clients are served' "$ALUNO" saude
}

bad_certificates_are_not_taken() {
    before=$(reload_count)
    shown=$(serial_shown)
    cp -R "$ca" "$work/good"
    echo nonsense >"$ca/server.crt"
    kill -HUP "$service"
    await 'no certificate' reload_failures 1
    cp "$work/good/server.crt" "$ca"
    cp "$ca/clients/rita.key" "$ca/server.key"
    kill -HUP "$service"
    await 'the key of another' reload_failures 2
    cp "$work/good/server.key" "$ca"
    rm "$ca/ca.crl"
    kill -HUP "$service"
    await 'no revocation list' reload_failures 3
    logged "--crl $ca/ca.crl: " || not_ok 'the log names the option and the file'
    cp "$work/good/ca.crl" "$ca"
    same 'the old one stays' "$(serial_shown)" "$shown"
    works 'clients are served' "$ALUNO" saude
    kill -HUP "$service"
    await 'good files again' reloads $((before + 1))
}

# ---- restarting ----

restarts() {
    [ "$(grep -c 'msg="Server started..."' "$log")" = "$1" ]
}

# The listening socket's inode.
listening_socket() {
    awk -v port=":$(printf '%04X' "$port")" '$4 == "0A" && index($2, port) { print $10 }' /proc/net/tcp
}

# Whether the listening socket is in an epoll of the service. Else nng tries to accept again and again. Root alone
# sees it, and sanitized builds do without.
is_waited_for() {
    cat "/proc/$service/fdinfo"/* | grep -q "^tfd:.* ino:$(printf '%x' "$(listening_socket)") "
}

# No connection is refused meanwhile, since the socket stays.
a_restart_keeps_the_socket() {
    before=$(listening_socket)
    starts=$(grep -c 'msg="Server started..."' "$log")
    kill -USR2 "$service"
    await 'SIGUSR2: it restarts' restarts $((starts + 1))
    same 'the socket' "$(listening_socket)" "$before"
    works 'clients are served' "$ALUNO" saude
    kill -USR2 "$service"
    await 'SIGUSR2 again' restarts $((starts + 2))
    same 'the socket' "$(listening_socket)" "$before"
    works 'clients are served' "$ALUNO" saude
    [ "$(id -u)" != 0 ] || grep -q '^ALUNO_SANITIZE:STRING=.' "$ALUNO_BUILD/CMakeCache.txt" ||
        await 'nng waits for connections' is_waited_for
}

# The new configuration is checked before the old one is given up.
a_restart_with_bad_files_does_not_happen() {
    starts=$(grep -c 'msg="Server started..."' "$log")
    cp "$ca/server.crt" "$work/whole.crt"
    echo 'half a file' >"$ca/server.crt"
    kill -USR2 "$service"
    await 'it says why not' logged \
        "error msg=\"Not restarted: the service goes on as it is.\" why=\"alunod: --cert $ca/server.crt: not a PEM file\""
    works 'clients are served' "$ALUNO" saude
    cp "$work/whole.crt" "$ca/server.crt"
    kill -USR2 "$service"
    await 'with good files it restarts' restarts $((starts + 1))
}

# Another program has the new address of --status: a start would fail.
a_restart_needs_a_free_address() {
    stop_service
    : >"$work/status.conf"
    start_service --config "$work/status.conf"
    spawn socat -d -d TCP-LISTEN:0,bind=127.0.0.1 /dev/null 2>"$work/socat"
    await 'a program listens' grep -q 'listening on' "$work/socat"
    taken=$(sed -n 's/.*listening on .*\(127.0.0.1:[0-9]*\)$/\1/p' "$work/socat")
    echo "status = $taken" >"$work/status.conf"
    kill -USR2 "$service"
    await 'it says why not' logged "why=\"--status $taken: is in use by another program\""
    works 'clients are served' "$ALUNO" saude
    : >"$work/status.conf"
    kill -USR2 "$service"
    await 'without it' restarts 2
    kill -KILL "$spawned"
    reap "$spawned"
    stop_service
    start_service
}

# ---- the log ----

a_probe_is_logged() {
    socat -u /dev/null "TCP:127.0.0.1:$port"
    logged 'debug msg="Connection closed before its first byte."'
}

# SIGHUP reads the file again: the log changes its form and its level. A wrong file changes nothing.
a_reload_changes_the_log() {
    echo 'log-format = text' >"$work/log.conf"
    stop_service
    start_service --config "$work/log.conf"
    echo 'log-format = json' >"$work/log.conf"
    kill -HUP "$service"
    await 'SIGHUP: JSON' logged '"level":"info","msg":"Certificates reloaded.","connections_closed":"0"}'
    echo 'speed = 9' >"$work/log.conf"
    kill -HUP "$service"
    await 'a wrong file' logged \
        "\"msg\":\"Configuration not reloaded: the old one stays.\",\"why\":\"$work/log.conf:1: \\\"speed\\\" is no option"
    echo 'log-level = debug' >"$work/log.conf"
    kill -HUP "$service"
    await 'a probe of the port is for debugging' a_probe_is_logged
    stop_service
    start_service
}

# stderr is a pipe that is full and that nobody reads.
a_log_that_nobody_reads_delays_nobody() {
    stop_service
    mkfifo "$work/unread"
    exec 8<>"$work/unread"
    head -c 65536 /dev/zero >&8
    spawn "$ALUNOD" --listen "$ALUNO_SERVER" --db "$db" --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" \
        --log-level debug 2>&8 8>&-
    service=$spawned
    await 'it answers' answers
    works 'changes are made' run_lua 'local c = assert(aluno.connect {}) for i = 1, 400 do
        local none, err = c:create {name = "a", age = 1, br_document = "1", email = "a@b.c"} assert(err.reason == "FIELDS_INVALID")
        assert(c:list {page_size = 1}) end'
    stop_service
    exec 8<&-
    start_service
}

# The database's lock is not stderr, to which the log goes.
it_starts_without_standard_descriptors() {
    stop_service
    spawn sh -c 'exec "$@" 0<&- 1>&- 2>&-' - "$ALUNOD" --listen "$ALUNO_SERVER" --db "$db" --ca "$ca/ca.crt" \
        --cert "$ca/server.crt" --key "$ca/server.key"
    service=$spawned
    await 'it answers' answers
    for descriptor in 0 1 2; do
        same "descriptor $descriptor" "$(readlink "/proc/$service/fd/$descriptor")" /dev/null
    done
    stop_service
    same 'the log did not go into the lock' "$(cat "$db.lock")" digests
    start_service
}

# Sanitizers make mlock do nothing.
its_memory_reaches_no_disk() {
    same 'no core dumps' "$(awk '/^Max core file size/ { print $5 }' "/proc/$service/limits")" 0
    if ! grep -q '^ALUNO_SANITIZE:STRING=.' "$ALUNO_BUILD/CMakeCache.txt" &&
        [ "$(awk '/^Max locked memory/ { print $4 }' "/proc/$service/limits")" != 0 ]; then
        [ "$(awk '/^VmLck:/ { print $2 }' "/proc/$service/status")" -gt 0 ] || not_ok 'the key is kept from swap'
    fi
    works 'nor of the client' "$ALUNO" -e 'for line in io.lines "/proc/self/limits" do print(line) end'
    says 'Max core file size        0 '
}

make_certificates
start_service
run it_starts its_memory_reaches_no_disk it_logs_what_is_done_and_nothing_of_anybody a_stop_under_load_loses_no_answer a_kill_loses_no_answer \
    it_stops_at_once_when_idle new_certificates_are_taken bad_certificates_are_not_taken \
    a_restart_keeps_the_socket a_restart_with_bad_files_does_not_happen a_restart_needs_a_free_address \
    a_reload_changes_the_log a_log_that_nobody_reads_delays_nobody \
    it_starts_without_standard_descriptors
stop_service
finish
