#!/bin/sh
# aluno-certs as an operator uses it: every command, its certificates, its refusals. A run that fails, is stopped, or
# runs at the same time as another leaves the folder consistent.
. "$(dirname "$0")/../lib/assert.sh"

ca=$work/ca
real_openssl=$(command -v openssl)
real_date=$(command -v date)

certs() {
    "$ALUNO_CERTS" "$@"
}

verify() {
    openssl verify -x509_strict -CAfile "$ca/ca.crt" -CRLfile "$ca/ca.crl" -crl_check "$@"
}

serial_of() {
    openssl x509 -in "$1" -noout -serial | cut -d= -f2
}

subject_of() {
    openssl x509 -in "$1" -noout -subject -nameopt RFC2253
}

# Prints the extension $2 of the certificate file $1, as one line.
extension() {
    openssl x509 -in "$1" -noout -ext "$2" | tr -s '\n ' ' ' | sed 's/^ *//; s/ *$//'
}

# Prints the column $2 of `list` for the serial $1.
listed() {
    certs list "$ca" | awk -v serial="$1" -v column="$2" '$4 == serial { print $column }'
}

# Prints every file of the CA with its digest.
snapshot() {
    (cd "$ca" && find . -type f -exec sha256sum {} + | sort && find . -type d | sort)
}

# Creates a program of that name, found before the real one. Its text is on stdin.
shadow() {
    mkdir -p "$work/shadow"
    { echo '#!/bin/sh' && cat; } >"$work/shadow/$1"
    chmod +x "$work/shadow/$1"
}

# A new CA, without certificates.
new_ca() {
    [ -e "$work/made" ] || certs init "$work/made" >"$work/init.log" || not_ok "init: $(cat "$work/init.log")"
    rm -rf "$ca"
    cp -a "$work/made" "$ca"
}

# A CA with the certificate of a service, and of a client for each role.
school_ca() {
    [ -e "$work/school" ] || make_school >"$work/school.log" 2>&1 || not_ok "the CA: $(cat "$work/school.log")"
    rm -rf "$ca"
    cp -a "$work/school" "$ca"
    server=$ca/server.crt
    maria=$ca/clients/maria.crt
}

make_school() {
    new_ca
    certs server "$ca" localhost 127.0.0.1 ::1 escola.example.br && certs client "$ca" maria --role registrar &&
        certs client "$ca" a_reader --role reader && certs client "$ca" a_admin --role admin && mv "$ca" "$work/school"
}

the_command_line_is_checked() {
    new_ca
    works 'help' certs help
    says 'aluno-certs renew DIR NAME'
    works '--help anywhere' certs init --help
    fails 2 'no command' certs
    says 'say what to do; see aluno-certs help'
    fails 2 'an unknown command' certs unit "$ca"
    says 'unit: there is no such command'
    fails 2 'an unknown option' certs init --force "$ca"
    says '--force: there is no such option'
    fails 2 'init without folder' certs init
    says 'aluno-certs init DIR'
    fails 1 'a folder that is no CA' certs list "$work"
    says "holds no CA; make one: aluno-certs init $work"
}

init_makes_a_ca() {
    new_ca
    rm -r "$ca"
    works 'init' certs init "$ca"
    says 'Next: aluno-certs server'
    same 'the folder is private' "$(stat -c %a "$ca")" 700
    same 'the key is private' "$(stat -c %a "$ca/ca.key")" 600
    same 'CA: constraints' "$(extension "$ca/ca.crt" basicConstraints)" \
        'X509v3 Basic Constraints: critical CA:TRUE, pathlen:0'
    same 'CA: use' "$(extension "$ca/ca.crt" keyUsage)" 'X509v3 Key Usage: critical Certificate Sign, CRL Sign'
    works 'CA: lasts' openssl x509 -in "$ca/ca.crt" -noout -checkend $((3650 * 86400))
    works 'CA: empty list' openssl crl -in "$ca/ca.crl" -CAfile "$ca/ca.crt" -noout -text
    says 'No Revoked Certificates'
    before=$(snapshot)
    fails 1 'a CA is not overwritten' certs init "$ca"
    says "$ca/ca.crt: is a CA already"
    mkdir "$work/full" && : >"$work/full/file"
    fails 1 'nor a folder in use taken' certs init "$work/full"
    says 'is not empty'
    mkdir "$work/empty"
    works 'an empty folder is fine' certs init "$work/empty/"
}

server_makes_a_certificate() {
    new_ca
    before=$(snapshot)
    for host in 300.1.2.3 school:3000 tls+tcp://school 'a b' x- é 1:2 '' a..b 12; do
        fails 2 "host '$host'" certs server "$ca" "$host"
        says "'$host': is neither a host name nor an address"
    done
    same 'refusals change nothing' "$(snapshot)" "$before"
    works 'server' certs server "$ca" localhost 127.0.0.1 ::1 escola.example.br
    says 'alunod --listen tls+tcp://'
    server=$ca/server.crt
    same 'server: names' "$(extension "$server" subjectAltName | sed 's/.*Name: //')" \
        'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:escola.example.br'
    same 'server: subject' "$(subject_of "$server")" 'subject=CN=localhost'
    same 'server: use' "$(extension "$server" extendedKeyUsage)" \
        'X509v3 Extended Key Usage: TLS Web Server Authentication'
    same 'server: key use' "$(extension "$server" keyUsage)" 'X509v3 Key Usage: critical Digital Signature'
    same 'server: key is private' "$(stat -c %a "$ca/server.key")" 600
    works 'server: a good chain' verify -purpose sslserver -verify_hostname localhost "$server"
    works 'server: by address' verify -purpose sslserver -verify_ip ::1 "$server"
    fails 2 'server: is no client' verify -purpose sslclient "$server"
    says 'unsuitable certificate purpose'
    fails 1 'server is not overwritten' certs server "$ca" other.example
    says "$server: server has a certificate (valid"
}

client_makes_a_certificate() {
    new_ca
    for role in reader registrar admin auditor; do
        works "client $role" certs client "$ca" "a_$role" --role "$role"
        same "client $role: subject" "$(subject_of "$ca/clients/a_$role.crt")" "subject=CN=a_$role,OU=$role"
    done
    maria=$ca/clients/maria.crt
    works 'role before the name' certs client --role=registrar "$ca" maria
    says "Hand over, and keep the key secret: $ca/ca.crt $maria $ca/clients/maria.key"
    same 'client: name' "$(extension "$maria" subjectAltName | sed 's/.*Name: //')" 'URI:urn:aluno:client:maria'
    same 'client: use' "$(extension "$maria" extendedKeyUsage)" \
        'X509v3 Extended Key Usage: TLS Web Client Authentication'
    works 'client: curve and signature' openssl x509 -in "$maria" -noout -text
    says 'NIST CURVE: P-256'
    says 'ecdsa-with-SHA256'
    works 'client: a good chain' verify -purpose sslclient "$maria"
    fails 2 'client: is no server' verify -purpose sslserver "$maria"
    says 'unsuitable certificate purpose'
    same 'client: key belongs to it' "$(openssl pkey -in "$ca/clients/maria.key" -pubout)" \
        "$(openssl x509 -in "$maria" -noout -pubkey)"
    same 'client: key is private' "$(stat -c %a "$ca/clients/maria.key")" 600
    works 'accepted by a clock that is half an hour late' verify -attime $(($(date +%s) - 1800)) "$maria"

    before=$(snapshot)
    fails 1 'client is not overwritten' certs client "$ca" maria --role admin
    says "aluno-certs renew $ca maria"
    fails 2 'no role' certs client "$ca" ana
    says '--role reader, registrar, admin or auditor'
    fails 2 'unknown role' certs client "$ca" ana --role diretora
    says 'diretora: there is no such role; --role reader, registrar, admin or auditor'
    fails 2 'role without value' certs client "$ca" ana --role
    says '--role: say which: reader, registrar, admin or auditor'
    fails 2 'role for a server' certs server "$ca" a.example --role admin
    says '--role: is for aluno-certs client'
    for name in '' joão 'a b' ../x .x a/b a=b server "$(printf '%065d' 1)"; do
        fails 2 "name '$name'" certs client "$ca" "$name" --role reader
        says "$name"
        says '; see aluno-certs help'
    done
    same 'refusals change nothing' "$(snapshot)" "$before"
    : >"$ca/clients/ana.key"
    fails 1 'a stray file is not overwritten' certs client "$ca" ana --role reader
    says "$ca/clients/ana.key: is in the way"
    rm "$ca/clients/ana.key"
}

revoke_is_for_good() {
    school_ca
    lost=$(serial_of "$maria")
    works 'revoke' certs revoke "$ca" maria
    says 'send the service SIGHUP'
    works 'the list names the serial' openssl crl -in "$ca/ca.crl" -noout -text
    says "$lost"
    fails 2 'a revoked certificate is refused' verify "$maria"
    says 'certificate revoked'
    works 'others stay' verify "$server"
    works 'revoking again' certs revoke "$ca" maria
    says 'was revoked before'
    fails 1 'an unknown name' certs revoke "$ca" nobody
    says "nobody: no certificate has that name; see them: aluno-certs list $ca"
    fails 1 'a revoked one is not renewed' certs renew "$ca" maria
    says 'maria: its certificate was revoked; make a new one: aluno-certs client'
    works 'the name may be given again' certs client "$ca" maria --role reader
    works 'and is good' verify "$maria"
    same 'with the new role' "$(listed "$(serial_of "$maria")" 3)" reader
}

renew_keeps_what_it_is_for() {
    school_ca
    old=$(serial_of "$maria")
    old_key=$(cat "$ca/clients/maria.key")
    works 'renew' certs renew "$ca" maria
    works 'the new one is good' verify -purpose sslclient "$maria"
    same 'the same name' "$(listed "$(serial_of "$maria")" 1)" maria
    same 'the same role' "$(listed "$(serial_of "$maria")" 3)" "$(listed "$old" 3)"
    same 'the old one has ended' "$(listed "$old" 6)" revoked
    [ "$old_key" != "$(cat "$ca/clients/maria.key")" ] || not_ok 'the key is a new one'
    works 'the list says why' openssl crl -in "$ca/ca.crl" -noout -text
    says 'Superseded'
    names=$(extension "$server" subjectAltName)
    works 'renew the server' certs renew "$ca" server
    same 'the same hosts' "$(extension "$server" subjectAltName)" "$names"
    works 'a good chain' verify -purpose sslserver -verify_hostname localhost "$server"
}

list_and_crl_show_what_there_is() {
    school_ca
    lost=$(serial_of "$maria")
    works 'revoke' certs revoke "$ca" maria
    works 'list' certs list "$ca"
    says 'NAME                 KIND   ROLE      SERIAL'
    same 'a row' "$(certs list "$ca" | awk '$1 == "a_admin" { print $2, $3, $6 }')" 'client admin valid'
    shadow date <<END
exec "$real_date" -d '2 years' "\$@"
END
    same 'expired' "$(PATH="$work/shadow:$PATH" listed "$(serial_of "$ca/clients/a_admin.crt")" 6)" expired
    rm "$work/shadow/date"
    number=$(openssl crl -in "$ca/ca.crl" -noout -crlnumber)
    works 'crl' certs crl "$ca"
    [ "$number" != "$(openssl crl -in "$ca/ca.crl" -noout -crlnumber)" ] || not_ok 'a new list has a new number'
    fails 2 'the list keeps what was revoked' openssl verify -CAfile "$ca/ca.crt" -CRLfile "$ca/ca.crl" -crl_check \
        "$ca/issued/$lost.pem"
    says 'certificate revoked'
}

a_failure_changes_nothing() {
    school_ca
    before=$(snapshot)
    shadow openssl <<END
case \$* in *-gencrl*) echo 'disk on fire' >&2; exit 1 ;; esac
exec "$real_openssl" "\$@"
END
    PATH="$work/shadow:$PATH" fails 1 'openssl fails at the end of a renewal' certs renew "$ca" maria
    says 'disk on fire'
    same 'a failed renewal changes nothing' "$(snapshot)" "$before"
    PATH="$work/shadow:$PATH" fails 1 'openssl fails at init' certs init "$work/half/made"
    [ ! -e "$work/half/made" ] || not_ok 'a failed init leaves no folder'
}

a_signal_changes_nothing() {
    school_ca
    before=$(snapshot)
    mkfifo "$work/reached" "$work/go"
    shadow openssl <<END
case \$* in *-startdate*) echo >"$work/reached"; read -r go <"$work/go" ;; esac
exec "$real_openssl" "\$@"
END
    PATH="$work/shadow:$PATH" "$ALUNO_CERTS" client "$ca" rosa --role reader >"$work/stopped.log" 2>&1 &
    stopped=$!
    read -r _ <"$work/reached"
    kill -TERM "$stopped"
    echo >"$work/go"
    wait "$stopped"
    same 'stopped by a signal' $? 143
    same 'a stopped run changes nothing' "$(snapshot)" "$before"
}

openssl_is_missed() {
    school_ca
    mkdir "$work/bin"
    for tool in cat sh; do
        ln -s "$(command -v "$tool")" "$work/bin/$tool"
    done
    PATH="$work/bin" fails 1 'without openssl' /bin/sh "$ALUNO_CERTS" list "$ca"
    says 'the openssl command is missing; install it: apt-get install openssl'
}

several_at_once_are_all_made() {
    school_ca
    pids=
    for i in 1 2 3 4 5 6; do
        certs client "$ca" "at_once_$i" --role reader >"$work/at_once_$i.log" 2>&1 &
        pids="$pids $!"
    done
    for pid in $pids; do
        works 'one of several at once' wait "$pid"
    done
    same 'all are known' "$(certs list "$ca" | grep -c '^at_once_[1-6] .* valid$')" 6
    works 'and good' verify "$ca"/clients/at_once_*.crt
    same 'nothing is left lying about' "$(find "$ca" -name '.*')" ''
}

# A person who keeps their key has a request signed.
sign_makes_a_certificate_for_a_key_made_elsewhere() {
    school_ca
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /O=other/OU=admin/CN=joana \
        -keyout "$work/joana.key" -out "$work/joana.csr" 2>/dev/null || not_ok 'a request'
    before=$(snapshot)
    fails 2 'the role is said' certs sign "$ca" "$work/joana.csr"
    fails 1 'a file that is no request' certs sign "$ca" "$ca/ca.crt" --role reader
    says 'is no request for a certificate'
    same 'refusals change nothing' "$(snapshot)" "$before"
    works 'sign' certs sign "$ca" "$work/joana.csr" --role reader --days 30
    works 'it is good' verify -purpose sslclient "$ca/clients/joana.crt"
    same 'its subject is what the CA says' "$(subject_of "$ca/clients/joana.crt")" 'subject=CN=joana,OU=reader'
    same 'its key is hers' "$(openssl x509 -in "$ca/clients/joana.crt" -noout -pubkey)" \
        "$(openssl pkey -in "$work/joana.key" -pubout)"
    fails 1 'no key is made' test -e "$ca/clients/joana.key"
    fails 1 'once only' certs sign "$ca" "$work/joana.csr" --role reader
    says 'has a certificate (valid'
}

# refuses_the_key WORDS ALGORITHM [OPTION...]
refuses_the_key() {
    words=$1
    shift
    openssl req -new -newkey "$@" -nodes -subj /CN=fraca -keyout "$work/weak.key" -out "$work/weak.csr" 2>/dev/null ||
        not_ok "a request with $*"
    fails 1 "sign for $*" certs sign "$ca" "$work/weak.csr" --role reader
    says "$work/weak.csr: its key is $words"
}

sign_refuses_keys_that_aluno_does_not_accept() {
    school_ca
    before=$(snapshot)
    refuses_the_key 'RSA of 1024 bits; aluno takes 2048 or more' rsa:1024
    refuses_the_key 'on the curve secp224r1, which aluno refuses; take P-256' ec -pkeyopt ec_paramgen_curve:P-224
    refuses_the_key 'on the curve secp256k1, which' ec -pkeyopt ec_paramgen_curve:secp256k1
    refuses_the_key 'on a curve without a name' ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
    refuses_the_key 'of the kind ED25519, which aluno does not know' ed25519
    refuses_the_key 'for RSA-PSS alone' rsa-pss -pkeyopt rsa_keygen_bits:2048
    same 'refusals change nothing' "$(snapshot)" "$before"
    openssl req -new -newkey rsa:2048 -nodes -subj /CN=forte -keyout "$work/rsa.key" -out "$work/rsa.csr" 2>/dev/null
    works 'RSA of 2048 bits' certs sign "$ca" "$work/rsa.csr" --role reader
}

# Prints the block of that name, ca, cert or key, of a packed file.
packed() {
    sed -n "/^$1 =\$/,/^-----END/{/^-----BEGIN/,\$p}" "$ca/clients/maria.aluno"
}

pack_makes_one_file_for_the_person() {
    school_ca
    works 'pack' certs pack "$ca" maria --address tls+tcp://escola.example.br:3000
    says 'aluno configurar maria.aluno'
    same 'it is private' "$(stat -c %a "$ca/clients/maria.aluno")" 600
    works 'the address' grep -qx 'server = escola.example.br:3000' "$ca/clients/maria.aluno"
    same 'the CA' "$(packed ca)" "$(cat "$ca/ca.crt")"
    same 'the certificate' "$(packed cert)" "$(cat "$maria")"
    same 'the key' "$(packed key | openssl pkey)" "$(openssl pkey -in "$ca/clients/maria.key")"
    works 'with a passphrase' env ALUNO_PACK_PASSPHRASE='correta cavalo' "$ALUNO_CERTS" pack "$ca" maria --encrypt
    same 'which opens it' "$(packed key | openssl pkey -passin 'pass:correta cavalo')" \
        "$(openssl pkey -in "$ca/clients/maria.key")"
    fails 1 'and no other' grep -q 'BEGIN PRIVATE KEY' "$ca/clients/maria.aluno"
    fails 1 'without a terminal' setsid -w "$ALUNO_CERTS" pack "$ca" maria --encrypt
    says 'set ALUNO_PACK_PASSPHRASE'
    rm "$ca/clients/maria.key"
    works 'a key made elsewhere' certs pack "$ca" maria --address '[::1]:3000'
    says 'It has no key'
    same 'is not in it' "$(packed key)" ''
    works 'renew' certs renew "$ca" maria
    fails 1 'the file of the certificate before is gone' test -e "$ca/clients/maria.aluno"
}

pack_refuses() {
    school_ca
    before=$(snapshot)
    for address in escola.example.br :3000 localhost: localhost:x localhost:65536 'a b:1'; do
        fails 2 "the address '$address'" certs pack "$ca" maria --address "$address"
        says '--address: '
    done
    fails 1 "a host that the service's certificate lacks" certs pack "$ca" maria --address other.example:3000
    says "the service's certificate lacks other.example; it has localhost, 127.0.0.1"
    fails 1 'an unknown name' certs pack "$ca" joana
    fails 2 'the service' certs pack "$ca" server
    same 'refusals change nothing' "$(snapshot)" "$before"
    cp "$ca/clients/a_reader.key" "$ca/clients/maria.key"
    fails 1 'another key' certs pack "$ca" maria
    says "$ca/clients/maria.key: is not the key of the certificate"
    works 'revoke' certs revoke "$ca" maria
    fails 1 'a revoked one' certs pack "$ca" maria
    says 'maria: its certificate is revoked'
}

a_certificate_lasts_as_long_as_asked() {
    school_ca
    for days in 0 -1 x 3651 ''; do
        fails 2 "--days '$days'" certs client "$ca" short --role reader --days "$days"
    done
    works 'three days' certs client "$ca" short --role reader --days 3
    works 'so long' openssl x509 -in "$ca/clients/short.crt" -noout -checkend $((2 * 86400))
    fails 1 'and no longer' openssl x509 -in "$ca/clients/short.crt" -noout -checkend $((4 * 86400))
    same 'what ends soon' "$(certs list "$ca" --soon 30 | awk 'NR > 1 { print $1 }')" short
    fails 2 'what an option is for' certs revoke "$ca" short --days 3
    says '--days: is for aluno-certs server, client, sign, renew'
}

the_key_may_have_a_passphrase() {
    works 'init' env ALUNO_CA_PASSPHRASE='correta cavalo' "$ALUNO_CERTS" init "$work/locked" --encrypt
    works 'it is encrypted' grep -q 'ENCRYPTED PRIVATE KEY' "$work/locked/ca.key"
    works 'with it' env ALUNO_CA_PASSPHRASE='correta cavalo' "$ALUNO_CERTS" server "$work/locked" localhost ::1
    fails 1 'with another' env ALUNO_CA_PASSPHRASE='errada cavalo' "$ALUNO_CERTS" client "$work/locked" ana --role admin
    says 'the passphrase does not open it'
    fails 1 'without, and without a terminal' setsid -w "$ALUNO_CERTS" client "$work/locked" ana --role admin
    says 'set ALUNO_CA_PASSPHRASE'
    fails 1 'a short one' env ALUNO_CA_PASSPHRASE=curta "$ALUNO_CERTS" init "$work/short" --encrypt
    says 'at least 8 characters'
    works 'what signs nothing does not ask' certs list "$work/locked"
}

run the_command_line_is_checked init_makes_a_ca server_makes_a_certificate client_makes_a_certificate revoke_is_for_good \
    renew_keeps_what_it_is_for list_and_crl_show_what_there_is a_failure_changes_nothing a_signal_changes_nothing \
    sign_makes_a_certificate_for_a_key_made_elsewhere sign_refuses_keys_that_aluno_does_not_accept \
    pack_makes_one_file_for_the_person pack_refuses a_certificate_lasts_as_long_as_asked the_key_may_have_a_passphrase \
    openssl_is_missed several_at_once_are_all_made
finish
