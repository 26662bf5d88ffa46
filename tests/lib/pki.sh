#!/bin/sh
# Makes a CA and certificates of every kind, good and bad, for the tests: pki.sh DIR
#
# Each NAME below becomes DIR/NAME.crt and DIR/NAME.key. Client certificates are named client*, the service's server*.
set -eu
umask 077
mkdir -p "$1"
cd "$1"

cat >openssl.cnf <<'END'
[ca]
default_ca = ours
[ours]
certificate = $ENV::CA.crt
private_key = $ENV::CA.key
database = $ENV::CA.index
new_certs_dir = .
rand_serial = yes
default_md = $ENV::DIGEST
default_days = 30
default_crl_days = 30
policy = anything
unique_subject = no
copy_extensions = none
[anything]
commonName = supplied
organizationalUnitName = optional
organizationName = optional
[request]
distinguished_name = nothing
prompt = no
[nothing]
[ca_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
extendedKeyUsage = serverAuth
keyUsage = critical, digitalSignature
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[elsewhere]
extendedKeyUsage = serverAuth
subjectAltName = DNS:other.example
[client]
extendedKeyUsage = clientAuth
keyUsage = critical, digitalSignature
[unused]
basicConstraints = CA:FALSE
END
export OPENSSL_CONF="$PWD/openssl.cnf" CA=ca DIGEST=sha256

# key NAME KIND: p224, p256, p384, rsa1024 or rsa2048
key() {
    case $2 in
    p*) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$(curve "$2")" -out "$1.key" ;;
    rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.key" ;;
    esac
}

curve() {
    case $1 in
    p224) echo secp224r1 ;;
    p256) echo prime256v1 ;;
    p384) echo secp384r1 ;;
    esac
}

authority() { # NAME SUBJECT
    key "$1" p256
    openssl req -x509 -key "$1.key" -subj "$2" -extensions ca_extensions -days 30 -out "$1.crt" -section request
    : >"$1.index"
}

certificate() { # NAME EXTENSIONS SUBJECT KEY [OPTION...]
    name=$1 extensions=$2 subject=$3
    key "$name" "$4"
    shift 4
    openssl req -new -key "$name.key" -subj "$subject" -section request -out "$name.csr"
    openssl ca -batch -notext -in "$name.csr" -extensions "$extensions" -out "$name.crt" "$@" 2>ca.log ||
        { cat ca.log >&2; exit 1; }
}

self_signed() { # NAME EXTENSIONS SUBJECT
    key "$1" p256
    openssl req -x509 -key "$1.key" -subj "$3" -extensions "$2" -days 30 -out "$1.crt" -section request
}

past="-startdate 20200101000000Z -enddate 20210101000000Z"
future="-startdate 20900101000000Z -enddate 20910101000000Z"

authority ca "/O=Test School/CN=Test CA"
authority other "/O=Other School/CN=Other CA"
self_signed client-self client "/CN=self"
self_signed server-self server "/CN=localhost"
certificate client client "/O=Test School/OU=registrar/CN=ana" p256
certificate client-rsa client "/OU=reader/CN=rsa" rsa2048
certificate client-p384 client "/OU=reader/CN=p384" p384
certificate client-twins client "/OU=reader/OU=admin/CN=one/CN=two" p256
certificate client-spoof client "/O=CN=admin,OU=admin/CN=spoof" p256
certificate client-brief client "/OU=reader/CN=brief" p256 -enddate "$(date -u -d '+1 hour' +%Y%m%d%H%M%SZ)"
certificate server server "/CN=localhost" p256
certificate server-rsa server "/CN=localhost" rsa2048
certificate server-elsewhere elsewhere "/CN=other.example" p256
for side in client server; do
    # shellcheck disable=SC2086  # the dates are several words
    certificate $side-expired $side "/CN=localhost" p256 $past
    # shellcheck disable=SC2086
    certificate $side-future $side "/CN=localhost" p256 $future
    certificate $side-revoked $side "/CN=localhost" p256
    certificate $side-unused unused "/CN=localhost" p256
    certificate $side-rsa1024 $side "/CN=localhost" rsa1024
    certificate $side-p224 $side "/CN=localhost" p224
    DIGEST=sha1 certificate $side-sha1 $side "/CN=localhost" p256
    CA=other certificate $side-unknown $side "/CN=localhost" p256
    openssl ca -batch -revoke $side-revoked.crt 2>ca.log
done
openssl ca -gencrl -out good.crl 2>ca.log
openssl ca -gencrl -out brief.crl -crlhours 1 2>ca.log
openssl ca -gencrl -out expired.crl -crl_lastupdate 20200101000000Z -crl_nextupdate 20210101000000Z 2>ca.log
CA=other openssl ca -gencrl -out other.crl 2>ca.log
: >empty.pem
printf 'not a certificate\n' >text.pem
printf -- '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' >broken.pem
openssl pkey -in client.key -aes128 -passout pass:secret -out locked.key
