#!/bin/sh
# Makes the certificates of a test: certificates.sh KIND FOLDER
#
#   school   a CA as aluno-certs makes it, the service's certificate, and a client for each role: ana (admin),
#            rita (registrar), leo (reader), vera (auditor), nobody (none)
#   pki      certificates of every kind, good and bad: see pki.sh
#
# ctest makes each kind once a run, as a fixture, and passes the fixtures' folder as CERTIFICATES: FOLDER becomes a copy.
# A test run without ctest makes its own.
set -eu
umask 077
lib=$(cd "$(dirname "$0")" && pwd)
kind=$1
folder=$2

# aluno-certs gives every client a role; the service must bear with one that has none.
make_client_without_role() {
    printf '[a]\nextendedKeyUsage = clientAuth\nkeyUsage = critical, digitalSignature\n' >"$folder/extensions"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=nobody \
        -keyout "$folder/clients/nobody.key" -out "$folder/nobody.csr"
    openssl x509 -req -in "$folder/nobody.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -set_serial 1 -days 1 \
        -extfile "$folder/extensions" -extensions a -out "$folder/clients/nobody.crt"
    rm "$folder/extensions" "$folder/nobody.csr"
}

make_school() {
    certs=${ALUNO_CERTS:-$lib/../../certs/aluno-certs}
    "$certs" init "$folder"
    "$certs" server "$folder" localhost 127.0.0.1
    "$certs" client "$folder" ana --role admin
    "$certs" client "$folder" rita --role registrar
    "$certs" client "$folder" leo --role reader
    "$certs" client "$folder" vera --role auditor
    make_client_without_role
}

rm -rf "$folder"
if [ -n "${CERTIFICATES:-}" ]; then
    exec cp -R "$CERTIFICATES/$kind" "$folder"
fi
case $kind in
school) make_school ;;
pki) sh "$lib/pki.sh" "$folder" ;;
esac
