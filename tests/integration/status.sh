#!/bin/sh
# The service seen from outside (--status): health, readiness and metrics by plain HTTP, of this machine alone.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# As service.sh's, with a second port.
choose_port() {
    port=$(shuf -i 20000-31998 -n 1)
    export ALUNO_SERVER="tls+tcp://127.0.0.1:$port" ALUNOD_STATUS="127.0.0.1:$((port + 1))"
}

host=localhost

# request METHOD PATH: the reply's first line in $first, its body in $body. $host is the name that is asked.
request() {
    printf '%s %s HTTP/1.1\r\nHost: %s\r\n\r\n' "$1" "$2" "$host" |
        socat -t 30 - "TCP:$ALUNOD_STATUS" >"$work/reply" 2>"$work/socat" || cat "$work/socat" >&2
    first=$(head -n 1 "$work/reply" | tr -d '\r')
    body=$(sed '1,/^\r$/d' "$work/reply")
}

# replies TITLE STATUS PATH [METHOD]
replies() {
    request "${4:-GET}" "$3"
    same "$1" "$first" "HTTP/1.1 $2"
}

# The value of that sample.
sample() {
    request GET /metrics
    printf '%s\n' "$body" | awk -v name="$1" '$1 == name { print $2 }'
}

has_sample() {
    [ "$(sample "$1")" = "$2" ]
}

is_ready() {
    request GET /readyz
    [ "$first" = 'HTTP/1.1 200 OK' ]
}

is_not_ready() {
    request GET /readyz
    [ "$first" = 'HTTP/1.1 503 Service Unavailable' ]
}

paths_and_methods() {
    replies 'the process lives' '200 OK' /healthz
    same 'it says so' "$body" ok
    replies 'changes can be made' '200 OK' /readyz
    same 'it says so' "$body" SERVING
    replies 'metrics' '200 OK' /metrics
    replies 'the page' '200 OK' /
    printf '%s\n' "$body" | grep -qF 'atendendo<i lang=en>serving</i>' || not_ok 'the page says that it serves'
    replies 'a query does not matter' '200 OK' '/metrics?x=1'
    replies 'no other path' '404 Not Found' /other
    replies 'none of its paths' '404 Not Found' /healthz/x
    replies 'escapes' '404 Not Found' /aaaaaaaaaaaaaaaaaaa%41
    replies 'nothing can be changed' '405 Method Not Allowed' /healthz POST
    replies 'no other method' '405 Method Not Allowed' /other DELETE
    replies 'the head alone' '200 OK' /metrics HEAD
    same 'without a body' "$body" ''
    host=school.example
    replies 'no other name' '421 Misdirected Request' /metrics
    host=localhost
}

metrics_count() {
    calls='aluno_calls_total{method="aluno.v1.StudentService/GetStudent",code="NOT_FOUND"}'
    same 'no such call yet' "$(sample "$calls")" ''
    fails 4 'a call' "$ALUNO" obter --id 999
    same 'it counts' "$(sample "$calls")" 1
    works 'a student' "$ALUNO" criar --nome 'Fulano Reservado' --idade 16 --cpf 529.982.247-25 --email oculto@privado.br
    await 'a student more' has_sample aluno_students 1
    [ "$(sample aluno_sync_duration_seconds_count)" -ge 1 ] || not_ok 'a commit was made durable'
    [ -n "$(sample 'aluno_tls_file_remaining_seconds{file="cert"}')" ] || not_ok 'the certificate ends'
    same 'a limit' "$(sample 'aluno_limit{option="max-connections"}')" 1024
    same 'it serves' "$(sample aluno_serving)" 1
}

the_client_shows_them() {
    works 'an admin' as ana "$ALUNO" servidor --estatisticas
    says 'Alunos, sem os removidos: '
    grep -qE '^  Check 99% até +[0-9.]+ (µs|ms|s)$' "$output" || not_ok "durations in words: $(cat "$output")"
    works 'in English, as data' as ana "$ALUNO" --lang en info --statistics --format json
    cp "$output" "$work/statistics.json" # the output is the next command's
    works 'JSON' jq -e 'map(select(.name == "aluno_limit" and .labels == "option=max-connections"))[0].value == 1024' \
        "$work/statistics.json"
    fails 6 'a registrar' "$ALUNO" servidor --estatisticas
    works 'a registrar: who serves' "$ALUNO" servidor
    says 'caller_name'
}

# A probe of the port that sends nothing is counted, and no warning. The log begins with that of the new database.
a_probe_and_a_refusal() {
    works 'a probe' socat -u /dev/null "TCP:127.0.0.1:$port"
    await 'it counts' has_sample aluno_connections_silent_total 1
    works 'a probe of this port, too' socat -u /dev/null "TCP:$ALUNOD_STATUS"
    ! grep -E '^[^ ]+ (warn|error)' "$log" | grep -v 'There was no database' || not_ok 'no warning'
    openssl s_client -connect "127.0.0.1:$port" </dev/null >/dev/null 2>&1
    await 'a stranger is counted' has_sample \
        'aluno_connections_refused_total{reason="TLS_NO_CERTIFICATE"}' 1
}

nobody_is_shown() {
    works 'students' "$ALUNO" listar
    for path in / /metrics /readyz; do
        request GET "$path"
        fails 1 "no name in $path" grep -iE 'Fulano|Reservado|privado|52998224725|rita|secretaria' "$work/reply"
    done
}

promtool_accepts_them() {
    command -v promtool >/dev/null || return 0
    request GET /metrics
    printf '%s\n' "$body" >"$work/metrics"
    works 'promtool check metrics' sh -c "promtool check metrics <'$work/metrics'"
    same 'without a word' "$(cat "$output")" ''
}

# The same truth as Health/Check.
not_ready_while_the_database_is_gone() {
    await 'ready' is_ready
    mv "$db" "$work/elsewhere"
    await 'not ready' is_not_ready
    printf '%s\n' "$body" | grep -q '^NOT_SERVING STORE_MOVED$' || not_ok "the reason: $body"
    same 'the metric' "$(sample aluno_serving)" 0
    same 'the reason' "$(sample 'aluno_not_serving{reason="STORE_MOVED"}')" 1
    replies 'it lives' '200 OK' /healthz
    replies 'the page' '200 OK' /
    printf '%s\n' "$body" | grep -qF STORE_MOVED || not_ok 'the page has the reason'
    mv "$work/elsewhere" "$db"
    await 'ready again' is_ready
    same 'no reason' "$(sample 'aluno_not_serving{reason="STORE_MOVED"}')" ''
}

listening_socket() {
    awk -v port=":$(printf '%04X' "$((port + 1))")" '$4 == "0A" && index($2, port) { print $10 }' /proc/net/tcp
}

has_restarted() {
    [ "$(grep -c 'msg="Server started..."' "$log")" = "$1" ]
}

# No probe is refused meanwhile, since the socket stays.
a_restart_keeps_it() {
    before=$(listening_socket)
    starts=$(grep -c 'msg="Server started..."' "$log")
    kill -USR2 "$service"
    for i in 1 2 3 4 5 6 7 8 9 10; do
        request GET /healthz
        [ -z "$(cat "$work/socat")" ] || not_ok "probe $i: $(cat "$work/socat")"
    done
    await 'it restarts' has_restarted $((starts + 1))
    same 'the socket' "$(listening_socket)" "$before"
    await 'ready' is_ready
}

only_this_machine() {
    for address in 0.0.0.0:9300 192.0.2.1:9300 '[::]:9300' 127.0.0.1 localhost:0; do
        fails 2 "--status $address" "$ALUNOD" --check-config --status "$address" --ca "$ca/ca.crt" --cert "$ca/server.crt" \
            --key "$ca/server.key"
        says "--status: \"$address\" is not HOST:PORT of this machine alone"
    done
    works 'checked' "$ALUNOD" --check-config --db "$db" --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" \
        --listen "$ALUNO_SERVER" --status "$ALUNOD_STATUS"
    says "--status $ALUNOD_STATUS: in use now"
    fails 1 'an address that is taken' "$ALUNOD" --db "$work/other.db" --ca "$ca/ca.crt" --cert "$ca/server.crt" \
        --key "$ca/server.key" --listen tls+tcp://127.0.0.1:19999
    says "--status $ALUNOD_STATUS: is in use"
}

make_certificates
start_service
run paths_and_methods metrics_count the_client_shows_them a_probe_and_a_refusal nobody_is_shown promtool_accepts_them \
    not_ready_while_the_database_is_gone a_restart_keeps_it only_this_machine
stop_service
finish
