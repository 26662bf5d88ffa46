#!/bin/sh
# `aluno diagnostico` with the real programs: each layer is made to fail in turn. The diagnosis names the first failed
# layer and its reason, and the commands that it prints fix the failure.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

shifted_clock=$ALUNO_BUILD/tests/integration/libshifted_clock.so
commands=$work/commands

# ---- what it says ----

settle() { # back to the settings that are right
    unset ALUNO_CRL ALUNO_TLS_NAME ALUNO_LANG
    export ALUNO_SERVER="$right_server" ALUNO_CA="$ca/ca.crt"
    use_certificate "$ca/clients/rita"
}

layer_says() { # LAYER STATE TEXT
    grep -qE "^$1 +$2 .*$3" "$output" && return
    not_ok "$title: the layer $1 is not $2 with: $3"
    sed 's/^/    /' "$output" >&2
}

# That layer fails with those words, and no later layer is checked: CODE TITLE LAYER TEXT [SETTING=VALUE...]
diagnoses() {
    code=$1
    about=$2
    layer=$3
    words=$4
    shift 4
    fails "$code" "$about" env "$@" "$ALUNO" diagnostico
    layer_says "$layer" FALHA "$words"
    same "$about: the layers after it" \
        "$(sed "1,/^$layer/d" "$output" | grep -E '^[^ ]' | grep -cv 'não verificado$')" 0
}

all_is_well() { # TITLE
    works "$1" "$ALUNO" diagnostico
    same "$1: every layer is ok" "$(grep -cE '^[^ ]+ +ok ' "$output")" 11
}

certified() { # NAME of pki.sh
    echo "ALUNO_CERT=$pki/$1.crt ALUNO_KEY=$pki/$1.key"
}

# Runs the commands that the last diagnosis printed. The service's and the CA's computers are this one.
type_commands() {
    sed -nE '/^[^ ]+ +FALHA/,$s/^ +(aqui|na CA|no serviço): +//p' "$output" | sed 's/   # .*//' >"$commands"
    [ -s "$commands" ] || not_ok "$title: prints no command"
    while read -r command; do
        eval "$command" >"$work/typed" 2>&1 || not_ok "$title: $command: $(cat "$work/typed")"
    done <"$commands"
}

has_reloaded() {
    [ "$(grep -cF 'Certificates reloaded.' "$log")" -gt "$reloads" ]
}

# The same, and makes the service reload its files.
type_commands_and_reload() {
    reloads=$(grep -cF 'Certificates reloaded.' "$log")
    type_commands
    await "$title: the service has the new files" has_reloaded
}

# The commands find the aluno-certs and the alunod of this test.
make_tools() {
    mkdir "$work/bin"
    ln -s "$ALUNO_CERTS" "$work/bin/aluno-certs"
    cat >"$work/bin/pkill" <<END
#!/bin/sh
[ "\$*" = '-HUP -x alunod' ] && exec kill -HUP "\$(cat "$work/alunod.pid")"
END
    chmod +x "$work/bin/pkill"
    PATH=$work/bin:$PATH
}

start_ours() { # OPTION...
    launch_service "$@"
    echo "$service" >"$work/alunod.pid"
    right_server=$ALUNO_SERVER
}

# ---- the store ----

create_ana() {
    "$ALUNO" criar --nome 'Ana Souza' --idade 20 --cpf 111.444.777-35 --email ana@exemplo.com
}

the_store_is_gone() {
    mv "$db" "$db.moved"
    fails 7 'a change finds it out' create_ana
    diagnoses 7 'the store is gone' serviço \
        'não está atendendo: o arquivo do banco de dados não está onde o serviço o abriu'
    mv "$db.moved" "$db"
    await 'the service serves again' "$ALUNO" diagnostico
}

# ---- nothing wrong ----

nothing_is_wrong() {
    all_is_well 'all is well'
    layer_says certificado ok 'rita, papel registrar, de cliente, emitido por aluno CA'
    layer_says serviço ok 'para ele você é rita, papel registrar'
    layer_says contrato ok 'iguais dos dois lados'
    works 'in English, with a list, by a name' env ALUNO_CRL="$ca/ca.crl" \
        ALUNO_SERVER="tls+tcp://localhost:$port" "$ALUNO" --lang en diagnose
    layer_says revocations ok '0 revoked, list of .* good until'
    layer_says DNS ok 'localhost: .*127.0.0.1'
    works 'as data' "$ALUNO" diagnostico --formato json
    same 'of eleven layers' "$(grep -cE '"layer": "[a-z]+", "state": "ok", "found": "[^"]*"\},?$' "$output")" 11
    same 'and an array' "$(sed -n '1p;$p' "$output" | tr -d '\n')" '[]'
    works 'of two addresses of a name, the one that fails' run_lua '
        local diagnosis = debug.getregistry()["aluno.require"] "commands.diagnose.layers"
        local client <close> = assert(aluno.connect {})
        local seen = {client = client, host = "127.0.0.1", port = arg[1], addresses = {"127.0.0.1", "127.0.0.2"}}
        local result = diagnosis.layer("tcp", seen)
        print(result.state, result.found)' "$port"
    says "ok	127.0.0.1 porta $port atende; nenhum serviço atende nesse endereço (127.0.0.2:$port)"
    fails 7 'of two addresses, each' env ALUNO_SERVER="$ALUNO_SERVER, tls+tcp://127.0.0.1:1" "$ALUNO" diagnostico
    layer_says contrato ok 'iguais dos dois lados'
    layer_says TCP FALHA '127.0.0.1:1'
    echo diagnostico | works 'at the prompt' "$ALUNO"
    layer_says TLS ok ''
}

# ---- settings and certificates ----

settings_are_wrong() {
    fails 2 'nothing is configured' env -i "$ALUNO" diagnostico
    layer_says configuração FALHA 'faltam --ca \(ALUNO_CA\), --cert \(ALUNO_CERT\), --key \(ALUNO_KEY\)'
    fails 2 'a format unknown' "$ALUNO" diagnostico --formato yaml
    fails 2 'as data' env ALUNO_KEY=/nowhere "$ALUNO" --lang en diagnose --format json
    says '{"layer": "settings", "state": "failed", "found": "an option is not valid (--key /nowhere: no such file)", '
    says '"reason": "OPTION_INVALID", "remedy": "correct the option named", "commands": "here: cp '
    says '{"layer": "ca", "state": "unchecked"},'
    diagnoses 2 'no PEM file' configuração "$pki/text.pem: not a PEM file" ALUNO_CA="$pki/text.pem"
    says "cp $ca/ca.crt $pki/text.pem"
    diagnoses 2 'a locked key' configuração 'protected by a passphrase' ALUNO_CERT="$pki/client.crt" \
        ALUNO_KEY="$pki/locked.key" ALUNO_CA="$pki/ca.crt"
    says "openssl pkey -in $pki/locked.key -out $pki/locked.key.open"
    # shellcheck disable=SC2046
    diagnoses 2 "a service's certificate" configuração 'not made for a client' $(certified server)
    diagnoses 2 'a list of another CA' configuração 'not signed by the CA of --ca' ALUNO_CRL="$pki/other.crl"
}

# shellcheck disable=SC2046 # settings are words
our_certificate_is_wrong() {
    diagnoses 6 'self-signed' certificado 'o certificado é autoassinado' $(certified client-self)
    diagnoses 6 'of another CA' certificado 'não é de uma CA confiável' $(certified client-unknown)
    ours="ALUNO_CA=$pki/ca.crt"
    diagnoses 6 'expired' certificado 'venceu em 01/01/2021.*o certificado expirou' "$ours" $(certified client-expired)
    says 'aluno-certs renew PASTA_DA_CA localhost'
    says "cp PASTA_DA_CA/clients/localhost.crt $pki/client-expired.crt"
    diagnoses 6 'not yet valid' certificado 'só vale a partir de 01/01/2090' "$ours" $(certified client-future)
    says 'timedatectl set-ntp true'
    diagnoses 6 'SHA-1' certificado 'fraca demais' "$ours" $(certified client-sha1)
    diagnoses 6 'revoked by our own list' certificado 'o certificado foi revogado' "$ours" ALUNO_CRL="$pki/good.crl" \
        $(certified client-revoked)
    diagnoses 6 'an old list' revogação 'a lista de revogação venceu' "$ours" ALUNO_CRL="$pki/expired.crl" \
        $(certified client)
    says "cp PASTA_DA_CA/ca.crl $pki/expired.crl"
}

# ---- the network ----

is_listening() { # PORT. Without connecting: that would be the one connection which is served.
    grep -q "$(printf ':%04X 00000000:0000 0A' "$1")" /proc/net/tcp
}

# A port that is no service: TITLE, its answer as a command of socat, the words, the exit code.
something_else_listens() {
    other=$(shuf -i 20000-32000 -n 1)
    spawn socat "TCP-LISTEN:$other,bind=127.0.0.1,reuseaddr,fork" "SYSTEM:$2"
    await "$1 listens" is_listening "$other"
    diagnoses "$4" "$1" TLS "$3" ALUNO_SERVER="tls+tcp://127.0.0.1:$other"
    says "ss -ltnp 'sport = :$other'"
    kill "$spawned"
    reap "$spawned" 2>/dev/null
}

the_network_is_wrong() {
    diagnoses 2 'no port' endereço '127.0.0.1: HOST:PORT' ALUNO_SERVER=127.0.0.1
    says 'export ALUNO_SERVER=tls+tcp://127.0.0.1:3000'
    diagnoses 7 'no such host' DNS 'não pôde ser resolvido' ALUNO_SERVER=tls+tcp://nowhere.invalid:3000
    diagnoses 7 'nothing listens' TCP 'nenhum serviço atende' ALUNO_SERVER=tls+tcp://127.0.0.1:1
    says 'alunod --listen tls+tcp://127.0.0.1:1'
    something_else_listens 'a web server' 'echo HTTP/1.1 400 Bad Request; cat >/dev/null' \
        'recusamos o serviço: o outro lado não fala TLS' 6
    something_else_listens 'a silent server' 'cat >/dev/null' 'o serviço não respondeu à conexão a tempo' 7
}

# ---- TLS: we refuse the service ----

# alunod with a bad certificate: its name, the words, the command.
we_refuse() {
    settle
    start_ours --ca "$pki/ca.crt" --crl "$pki/good.crl" --cert "$pki/$1.crt" --key "$pki/$1.key"
    # shellcheck disable=SC2046
    diagnoses 6 "the service is $1" TLS "recusamos o serviço: $2" ALUNO_CA="$pki/ca.crt" $(certified client) \
        ALUNO_CRL="$pki/good.crl"
    says "$3"
    stop_service
}

we_refuse_the_service() {
    we_refuse server-self 'o certificado é autoassinado' 'aluno-certs server PASTA_DA_CA 127.0.0.1'
    we_refuse server-unknown 'o certificado não é de uma CA confiável' \
        "openssl x509 -noout -fingerprint -sha256 -in $pki/ca.crt"
    we_refuse server-expired 'o certificado expirou' 'aluno-certs renew PASTA_DA_CA server'
    we_refuse server-future 'o certificado ainda não é válido' 'timedatectl set-ntp true'
    we_refuse server-elsewhere 'o certificado é de outro nome' 'aluno-certs revoke PASTA_DA_CA server'
    we_refuse server-revoked 'o certificado foi revogado' 'aluno-certs server PASTA_DA_CA 127.0.0.1'
}

has_port() {
    grep -q '^ACCEPT' "$work/openssl.out"
}

# openssl as the service: its certificate, the words, options.
we_refuse_foreign() {
    name=$1
    words=$2
    shift 2
    spawn openssl s_server -accept 127.0.0.1:0 -www -Verify 1 -CAfile "$pki/ca.crt" -cert "$pki/$name.crt" \
        -key "$pki/$name.key" -cipher DEFAULT@SECLEVEL=0 "$@" >"$work/openssl.out" 2>&1
    await 'openssl listens' has_port
    foreign=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$work/openssl.out")
    # shellcheck disable=SC2046
    diagnoses 6 "$name $*" TLS "$words" ALUNO_CA="$pki/ca.crt" $(certified client) \
        ALUNO_SERVER="tls+tcp://127.0.0.1:$foreign"
    kill "$spawned"
    reap "$spawned" 2>/dev/null
}

we_refuse_foreign_services() {
    we_refuse_foreign client 'recusamos o serviço: o certificado não foi feito para este uso'
    we_refuse_foreign server-sha1 'recusamos o serviço: .*fraca demais'
    we_refuse_foreign server-rsa 'a versão de TLS do outro lado é antiga demais' -tls1_1
}

# ---- TLS: the service refuses us ----

the_service_refuses_us() {
    settle
    start_ours --ca "$pki/ca.crt" --crl "$pki/good.crl" --cert "$pki/server.crt" --key "$pki/server.key"
    # shellcheck disable=SC2046
    diagnoses 6 'revoked' TLS 'o serviço nos recusa: o certificado foi revogado' ALUNO_CA="$pki/ca.crt" \
        $(certified client-revoked)
    says 'aluno-certs client PASTA_DA_CA localhost --role registrar'
    stop_service
    start_ours --ca "$pki/other.crt" --crl "$pki/other.crl" --cert "$pki/server.crt" --key "$pki/server.key"
    # shellcheck disable=SC2046
    diagnoses 6 'another CA' TLS 'o serviço nos recusa: o certificado não é de uma CA confiável' \
        ALUNO_CA="$pki/ca.crt" $(certified client)
    stop_service
}

# ---- clocks, roles ----

with_clock() { # SECONDS COMMAND...
    seconds=$1
    shift
    env LD_PRELOAD="$shifted_clock" CLOCK_SHIFT="$seconds" ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS-}" "$@"
}

clocks_differ() {
    works 'two hours ahead is a warning' with_clock 7200 "$ALUNO" diagnostico
    layer_says relógio aviso 'o relógio do serviço está 7(199|200|201) s atrás do daqui'
    says 'timedatectl set-ntp true'
    fails 6 'two hours behind, ours is not yet valid' with_clock -7200 "$ALUNO" diagnostico
    layer_says CA FALHA 'só vale a partir de'
    fails 6 'years ahead, ours has expired' with_clock 63072000 "$ALUNO" --lang en diagnose
    layer_says certificate FAILED 'ended on'
}

the_services_clock_differs() {
    settle
    actual=$ALUNOD
    cat >"$work/alunod-ahead" <<END
#!/bin/sh
export LD_PRELOAD="$shifted_clock" CLOCK_SHIFT=63072000 ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS-}"
exec "$actual" "\$@"
END
    chmod +x "$work/alunod-ahead"
    ALUNOD=$work/alunod-ahead
    start_ours
    diagnoses 6 'the service is years ahead' TLS 'o serviço nos recusa: o certificado expirou'
    says 'acerte o relógio do serviço'
    stop_service
    ALUNOD=$actual
}

we_have_no_role() {
    fails 6 'no role' as nobody "$ALUNO" diagnostico
    layer_says certificado aviso 'nobody, sem papel que o serviço conheça'
    layer_says serviço FALHA 'o papel do certificado não permite isto'
    says "aluno-certs client $ca nobody --role registrar"
}

# ---- the remedies work ----

# Makes an expired certificate of the CA, and an expired list.
make_expired() {
    cat >"$work/expired.cnf" <<END
[ca]
default_ca = ours
[ours]
database = $ca/index.txt
new_certs_dir = $ca/issued
certificate = $ca/ca.crt
private_key = $ca/ca.key
rand_serial = yes
default_md = sha256
policy = names
unique_subject = no
[names]
organizationalUnitName = optional
commonName = supplied
[client]
extendedKeyUsage = clientAuth
END
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /OU=reader/CN=bia \
        -keyout "$ca/clients/bia.key" -out "$work/bia.csr" &&
        openssl ca -batch -notext -config "$work/expired.cnf" -extensions client -in "$work/bia.csr" \
            -startdate 20200101000000Z -enddate 20210101000000Z -out "$ca/clients/bia.crt" &&
        openssl ca -gencrl -config "$work/expired.cnf" -crl_lastupdate 20200101000000Z \
            -crl_nextupdate 20210101000000Z -out "$work/expired.crl"
}

commands_fix_settings() {
    export ALUNO_KEY="$ca/clients/leo.key"
    diagnoses 2 'the key of another' configuração 'does not match the certificate'
    type_commands
    all_is_well 'the key that fits'
    mkdir "$work/mine"
    cp "$ca/clients/rita.key" "$work/mine/rita.key"
    export ALUNO_CERT="$work/mine/rita.crt" ALUNO_KEY="$work/mine/rita.key"
    diagnoses 2 'a file is missing' configuração "$work/mine/rita.crt: no such file"
    type_commands
    all_is_well 'the file is there'
    export ALUNO_CA="$pki/other.crt"
    use_certificate "$ca/clients/rita"
    diagnoses 6 'the CA of another school' certificado 'não é de uma CA confiável'
    type_commands
    all_is_well 'the CA that fits'
    export ALUNO_TLS_NAME=escola.example
    diagnoses 6 'another name' TLS 'o certificado é de outro nome de servidor'
    type_commands
    all_is_well 'the name of the address'
    settle
}

commands_fix_certificates() {
    works 'a certificate and a list of the past' make_expired
    use_certificate "$ca/clients/bia"
    diagnoses 6 'ours has expired' certificado 'bia, papel reader.*o certificado expirou'
    type_commands
    all_is_well 'ours is renewed'
    settle
    works 'revoke rita' "$ALUNO_CERTS" revoke "$ca" rita
    kill -HUP "$service"
    await 'rita is refused' is_refused
    diagnoses 6 'ours is revoked' TLS 'o serviço nos recusa: o certificado foi revogado'
    type_commands
    all_is_well 'ours is made anew'
    cp "$work/expired.crl" "$ca/ca.crl"
    kill -HUP "$service"
    await "the service's list is old" is_refused
    diagnoses 6 "the service's list is old" TLS 'o serviço nos recusa: a lista de revogação venceu'
    type_commands_and_reload
    all_is_well 'the list is new'
}

is_refused() {
    ! "$ALUNO" saude
}

commands_fix_the_service() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
        -addext extendedKeyUsage=serverAuth -keyout "$work/self.key" -out "$work/self.crt" 2>/dev/null
    "$ALUNO_CERTS" revoke "$ca" server >/dev/null
    cp "$work/self.crt" "$ca/server.crt"
    cp "$work/self.key" "$ca/server.key"
    start_ours
    diagnoses 6 'the service is self-signed' TLS 'recusamos o serviço: o certificado é autoassinado'
    type_commands_and_reload
    all_is_well 'the service has a certificate'
    stop_service
}

make_pki
make_certificates
make_tools
start_ours
run nothing_is_wrong settings_are_wrong our_certificate_is_wrong the_network_is_wrong clocks_differ we_have_no_role \
    the_store_is_gone commands_fix_settings commands_fix_certificates
stop_service
run commands_fix_the_service we_refuse_the_service we_refuse_foreign_services the_service_refuses_us \
    the_services_clock_differs
finish
