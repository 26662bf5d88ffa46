#!/bin/sh
# Every handshake that must fail, with the real programs: the client prints the reason and the remedy, and exits with 6;
# the service logs the same reason, and serves good clients right after. openssl plays the peers that use files which
# alunod and aluno refuse at start.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

bad_peer='Problema na conexão: '

# ---- the reports of both sides ----

mark_log() {
    marked=$(wc -l <"$log")
}

# Succeeds if the log since the mark has that message with that reason, or counts it with others of that second.
log_has() {
    tail -n "+$((marked + 1))" "$log" >"$work/since"
    grep -F "msg=\"$1\"" "$work/since" | grep -qF "reason=$2 why=\"" || grep -qF "reason=$2 times=" "$work/since"
}

service_refused() { # TITLE REASON
    await "$1: the service's log" log_has 'Connection refused.' "$2"
    await_good_client "$1"
}

client_refused() { # TITLE REASON
    await "$1: the service's log" log_has 'Connection refused by the client.' "$2"
}

await_good_client() {
    works "after '$1' a good client is served" "$ALUNO" saude
}

# ---- the service refuses ----

# A client of ours with a bad certificate: TITLE, its certificate, the reason, the words.
refuses_our_client() {
    mark_log
    fails 6 "$1" "$ALUNO" --cert "$pki/$2.crt" --key "$pki/$2.key" saude
    says "$bad_peer$4"
    service_refused "$1" "$3"
}

the_service_refuses_clients() {
    refuses_our_client 'self-signed client' client-self TLS_SELF_SIGNED 'o certificado é autoassinado'
    says_remedy 'Use um emitido pela CA da escola: aluno-certs'
    refuses_our_client 'client of an unknown CA' client-unknown TLS_UNKNOWN_CA \
        'o certificado não é de uma CA confiável aqui'
    refuses_our_client 'expired client' client-expired TLS_EXPIRED 'o certificado expirou'
    refuses_our_client 'client not yet valid' client-future TLS_NOT_YET_VALID 'o certificado ainda não é válido'
    refuses_our_client 'revoked client' client-revoked TLS_REVOKED 'o certificado foi revogado'
    refuses_our_client 'client signed by SHA-1' client-sha1 TLS_WEAK_KEY \
        'a chave ou a assinatura do certificado é fraca demais'
}

# openssl's client receives an alert: TITLE, the alert's number, the reason, options.
refuses_openssl_client() {
    about=$1
    alert=$2
    reason=$3
    shift 3
    mark_log
    fails 1 "$about" hear_refusal -connect "127.0.0.1:$port" -CAfile "$pki/ca.crt" -cipher DEFAULT@SECLEVEL=0 "$@"
    says "SSL alert number $alert"
    service_refused "$about" "$reason"
}

# At the end of its input s_client would end before the refusal arrives.
hear_refusal() {
    openssl s_client "$@" <"$silence"
}

with() {
    echo "-cert $pki/$1.crt -key $pki/$1.key"
}

the_service_refuses_foreign_clients() {
    # shellcheck disable=SC2046 # words of a command
    {
        refuses_openssl_client 'no certificate' 116 TLS_NO_CERTIFICATE
        refuses_openssl_client "a service's certificate" 43 TLS_KEY_USAGE $(with server)
        refuses_openssl_client 'a certificate for no use' 43 TLS_KEY_USAGE $(with client-unused)
        refuses_openssl_client 'RSA of 1024 bits' 71 TLS_WEAK_KEY $(with client-rsa1024)
        refuses_openssl_client 'curve P-224' 71 TLS_WEAK_KEY -tls1_2 $(with client-p224)
        refuses_openssl_client 'TLS 1.1' 70 TLS_VERSION -tls1_1 $(with client)
        refuses_openssl_client 'no cipher suite in common' 40 TLS_HANDSHAKE -tls1_2 -cipher AES128-SHA $(with client)
    }
}

# Text that is not TLS: TITLE, a format of printf.
refuses_plaintext() {
    mark_log
    # shellcheck disable=SC2059
    printf "$2" | socat -t 5 - "TCP:127.0.0.1:$port" >"$work/answer" 2>&1
    same "$1: it gets an alert" "$(od -An -tx1 "$work/answer" | tr -d ' \n')" 15030300020228
    service_refused "$1" TLS_NOT_TLS
}

the_service_refuses_plaintext() {
    refuses_plaintext 'nng without TLS' '\000SP\000\000\060\000\000'
    await 'nng without TLS is recognised' logged 'nng without TLS (tcp://)'
    refuses_plaintext 'HTTP' 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
    mark_log
    printf '\026\003\001' | socat -t 5 - "TCP:127.0.0.1:$port" >"$work/answer" 2>&1
    service_refused 'half a handshake' CONNECTION_LOST
}

the_services_revocation_list_is_old() {
    launch_service --ca "$pki/ca.crt" --crl "$pki/expired.crl" --cert "$pki/server.crt" --key "$pki/server.key"
    fails 6 'the CRL has expired' "$ALUNO" saude
    says "${bad_peer}a lista de revogação venceu ou não é desta CA"
    says 'Emita uma nova: aluno-certs'
    marked=0
    await 'the log' log_has 'Connection refused.' TLS_CRL_INVALID
    stop_service
}

# ---- the client refuses ----

# alunod with a bad certificate: TITLE, its certificate, the reason, the words.
our_service_is_refused() {
    launch_service --ca "$pki/ca.crt" --crl "$pki/good.crl" --cert "$pki/$2.crt" --key "$pki/$2.key"
    marked=0
    fails 6 "$1" "$ALUNO" --crl "$pki/good.crl" saude
    says "$bad_peer$4"
    client_refused "$1" "$3"
    stop_service
}

the_client_refuses_services() {
    our_service_is_refused 'self-signed service' server-self TLS_SELF_SIGNED 'o certificado é autoassinado'
    our_service_is_refused 'service of an unknown CA' server-unknown TLS_UNKNOWN_CA \
        'o certificado não é de uma CA confiável aqui'
    our_service_is_refused 'expired service' server-expired TLS_EXPIRED 'o certificado expirou'
    our_service_is_refused 'service not yet valid' server-future TLS_NOT_YET_VALID 'o certificado ainda não é válido'
    our_service_is_refused 'service of another host' server-elsewhere TLS_WRONG_HOST \
        'o certificado é de outro nome de servidor'
    our_service_is_refused 'revoked service' server-revoked TLS_REVOKED 'o certificado foi revogado'
}

the_client_checks_by_its_own_options() {
    mark_log
    fails 6 'another name is asked for' "$ALUNO" --tls-name escola.example saude
    says 'o certificado é de outro nome de servidor (-> 127.0.0.1:'
    says 'not for escola.example: CN=localhost'
    client_refused 'another name is asked for' TLS_WRONG_HOST
    works 'a name in the certificate' "$ALUNO" --tls-name localhost saude
    mark_log
    fails 6 "the client's CRL has expired" "$ALUNO" --crl "$pki/expired.crl" saude
    says 'a lista de revogação venceu ou não é desta CA'
    client_refused "the client's CRL has expired" TLS_CRL_INVALID
    mark_log
    fails 6 'the client trusts another CA' "$ALUNO" --ca "$pki/other.crt" saude
    says 'o certificado não é de uma CA confiável aqui'
    client_refused 'the client trusts another CA' TLS_UNKNOWN_CA
}

is_listening() {
    grep -q '^ACCEPT' "$work/openssl.out"
}

# openssl as the service: TITLE, its certificate, the words, options.
foreign_service_is_refused() {
    about=$1
    name=$2
    words=$3
    shift 3
    spawn openssl s_server -accept 127.0.0.1:0 -naccept 1 -www -Verify 1 -CAfile "$pki/ca.crt" \
        -cert "$pki/$name.crt" -key "$pki/$name.key" -cipher DEFAULT@SECLEVEL=0 "$@" >"$work/openssl.out" 2>&1
    foreign=$spawned
    await 'openssl listens' is_listening
    foreign_port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$work/openssl.out")
    fails 6 "$about" "$ALUNO" --server "tls+tcp://127.0.0.1:$foreign_port" saude
    says "$bad_peer$words"
    kill "$foreign" 2>/dev/null
    reap "$foreign"
}

the_client_refuses_foreign_services() {
    foreign_service_is_refused "a client's certificate" client 'o certificado não foi feito para este uso'
    foreign_service_is_refused 'a certificate for no use' server-unused 'o certificado não foi feito para este uso'
    foreign_service_is_refused 'RSA of 1024 bits' server-rsa1024 \
        'a chave ou a assinatura do certificado é fraca demais'
    foreign_service_is_refused 'curve P-224' server-p224 'a negociação TLS falhou'
    foreign_service_is_refused 'SHA-1' server-sha1 'a chave ou a assinatura do certificado é fraca demais'
    foreign_service_is_refused 'TLS 1.1' server-rsa 'a versão de TLS do outro lado é antiga demais' -tls1_1
}

the_client_refuses_plaintext() {
    choose=$(shuf -i 20000-32000 -n 1)
    spawn socat "TCP-LISTEN:$choose,bind=127.0.0.1,reuseaddr" SYSTEM:'echo HTTP/1.1 400 Bad Request; cat >/dev/null'
    await 'the web server listens' port_is_open "$choose"
    fails 6 'a web server' "$ALUNO" --server "tls+tcp://127.0.0.1:$choose" saude
    says "${bad_peer}o outro lado não fala TLS"
    says 'Confira o endereço e use tls+tcp://'
    reap "$spawned"
}

# Waits without connecting: openssl serves only one connection.
port_is_open() {
    grep -q "$(printf ':%04X 00000000:0000 0A' "$1")" /proc/net/tcp
}

# ---- files that a side refuses for itself ----

the_client_refuses_its_own_files() {
    fails 2 'a certificate for a service' "$ALUNO" --cert "$pki/server.crt" --key "$pki/server.key" saude
    says "--cert $pki/server.crt: not made for a client (extended key usage clientAuth)"
    fails 2 'RSA of 1024 bits' "$ALUNO" --cert "$pki/client-rsa1024.crt" --key "$pki/client-rsa1024.key" saude
    says 'its key is too weak: take RSA of 2048 bits or more'
    fails 2 'a CRL of another CA' "$ALUNO" --crl "$pki/other.crl" saude
    says "--crl $pki/other.crl: not signed by the CA of --ca"
}

# ---- revoked while connected ----

has_answered() { # NUMBER of answers in the session's transcript
    [ "$(grep -c '"status": "SERVING"' "$work/session.out")" -ge "$1" ]
}

has_reloaded() {
    logged 'Certificates reloaded.'
}

# Starts a session of that client, which is served once, and reads its commands from descriptor 7.
open_session() {
    rm -f "$work/session.in"
    mkfifo "$work/session.in"
    exec 7<>"$work/session.in"
    spawn env ALUNO_CA="$ca/ca.crt" ALUNO_CERT="$ca/clients/$1.crt" ALUNO_KEY="$ca/clients/$1.key" "$ALUNO" \
        <"$work/session.in" >"$work/session.out" 2>&1 7>&-
    session=$spawned
    echo saude >&7
    await "$1 is served" has_answered 1
}

a_revocation_cuts_open_connections() {
    open_session leo
    kill -HUP "$service"
    await 'a reload without revocations' has_reloaded
    logged 'connections_closed=0' || not_ok 'a reload leaves good connections alone'
    echo saude >&7
    await 'leo is served still' has_answered 2
    works 'revoke leo' "$ALUNO_CERTS" revoke "$ca" leo
    kill -HUP "$service"
    await 'his connection is cut' logged 'connections_closed=1'
    echo saude >&7
    exec 7>&-
    reap "$session"
    same 'his session ends with' $? 6
    works 'leo gets the reason' cat "$work/session.out"
    says "${bad_peer}o certificado foi revogado"
    says 'Peça um novo à escola'
    same 'he was not served again' "$(grep -c SERVING "$work/session.out")" 2
    works 'rita is served' "$ALUNO" saude
}

# A client that connects again and again is no flood of the log.
a_certificate_with_too_many_connections() {
    open_session rita
    await 'the others are counted' others_are_counted
    logged 'msg="Connection refused." address=127.0.0.1:' || not_ok 'the first one is logged'
    exec 7>&-
    works 'the session ends' reap "$session"
}

others_are_counted() {
    "$ALUNO" --timeout 1 saude
    logged 'msg="Refused again." caller=rita reason=BUSY times='
}

# The recipe for a CA's key that leaked: whoever has it is out, also where he is connected.
a_new_ca_cuts_connections_of_the_old_one() {
    cut=$(grep -c 'connections_closed=1' "$log")
    open_session rita
    works 'a new CA' "$ALUNO_CERTS" init "$work/new"
    works 'its server' "$ALUNO_CERTS" server "$work/new" localhost 127.0.0.1
    cp "$work/new/ca.crt" "$work/new/ca.crl" "$work/new/server.crt" "$work/new/server.key" "$ca"
    kill -HUP "$service"
    await 'her connection is cut' cut_again
    echo saude >&7
    exec 7>&-
    reap "$session"
    same 'her session ends with' $? 6
    same 'she was not served again' "$(grep -c SERVING "$work/session.out")" 1
}

cut_again() {
    [ "$(grep -c 'connections_closed=1' "$log")" -gt "$cut" ]
}

says_remedy() {
    fails 6 'the remedy' "$ALUNO" --cert "$pki/client-self.crt" --key "$pki/client-self.key" saude
    says "$1"
}

make_pki
export ALUNO_CA="$pki/ca.crt"
use_certificate "$pki/client"
silence=$work/silence
mkfifo "$silence"
exec 8<>"$silence"
start_service --ca "$pki/ca.crt" --crl "$pki/good.crl" --cert "$pki/server.crt" --key "$pki/server.key"
first=$service
run the_service_refuses_clients the_service_refuses_foreign_clients the_service_refuses_plaintext \
    the_client_checks_by_its_own_options the_client_refuses_its_own_files
same 'the service is the same process still' "$service" "$first"
works 'and lives' kill -0 "$first"
stop_service
run the_services_revocation_list_is_old the_client_refuses_services the_client_refuses_foreign_services \
    the_client_refuses_plaintext

make_certificates
start_service
run a_revocation_cuts_open_connections
stop_service
start_service --certificate-connections 1
run a_certificate_with_too_many_connections a_new_ca_cuts_connections_of_the_old_one
stop_service
finish
