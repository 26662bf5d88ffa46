#!/bin/sh
# `aluno configurar`: from the file that `aluno-certs pack` makes to a profile by which `aluno` works alone.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

config=$XDG_CONFIG_HOME/aluno/config

# alone COMMAND...: as somebody who has no settings in the environment.
alone() {
    env -u ALUNO_SERVER -u ALUNO_CA -u ALUNO_CERT -u ALUNO_KEY "$@"
}

# pack NAME [OPTION...]: makes $work/NAME.aluno.
pack() {
    packed=$1
    works "pack $1" "$ALUNO_CERTS" pack "$ca" "$@"
    mv "$ca/clients/$packed.aluno" "$work"
}

# with_answers LINES COMMAND...: LINES as of printf.
with_answers() {
    # shellcheck disable=SC2059 # lines
    printf "$1" >"$work/answers"
    shift
    alone "$@" <"$work/answers"
}

begin() {
    rm -rf "$XDG_CONFIG_HOME"
}

one_file_is_enough() {
    begin
    pack rita --address "127.0.0.1:$port"
    works 'configurar' alone "$ALUNO" configurar "$work/rita.aluno"
    says "Perfil rita gravado em $config"
    says "rita (registrar) em 127.0.0.1:$port · "
    says "Apague agora $work/rita.aluno"
    same 'the modes' "$(cd "$XDG_CONFIG_HOME" && find aluno -printf '%p %m\n' | LC_ALL=C sort | paste -sd ' ')" \
        'aluno 700 aluno/config 600 aluno/rita 700 aluno/rita/ca.crt 600 aluno/rita/client.crt 600 aluno/rita/client.key 600'
    works 'with settings in the environment' "$ALUNO" configurar --sim "$work/rita.aluno"
    says 'Do ambiente vêm ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY, que valem mais do que o perfil'
    works 'a command' alone "$ALUNO" servidor
    says '"caller_name": "rita"'
    pack leo --address "127.0.0.1:$port"
    works 'a second one' alone "$ALUNO" --lang en configure "$work/leo.aluno"
    says "leo (reader) at 127.0.0.1:$port · "
    says 'To use it: aluno --profile leo'
    works 'the first is the usual one' alone "$ALUNO" servidor
    says '"caller_name": "rita"'
    works 'the second by its name' alone "$ALUNO" servidor --perfil leo
    says '"caller_name": "leo"'
    works 'another name' alone "$ALUNO" --perfil escola configurar "$work/rita.aluno"
    works 'the same once more' alone "$ALUNO" configurar --sim "$work/leo.aluno"
    same 'each is there once' "$(grep '^\[' "$config" | paste -sd ' ')" '[rita] [escola] [leo]'
}

a_profile_is_not_replaced_unasked() {
    begin
    pack rita --address "127.0.0.1:$port"
    works 'configurar' alone "$ALUNO" configurar "$work/rita.aluno"
    pack leo --address "127.0.0.1:$port"
    before=$(sha256sum "$XDG_CONFIG_HOME/aluno/rita/client.crt")
    fails 2 'from a pipe' with_answers 'sim\n' "$ALUNO" --perfil rita configurar "$work/leo.aluno"
    says "já há o perfil rita, de 127.0.0.1:$port: com --sim é substituído, com --perfil NOME este tem outro nome"
    same 'it stays' "$(sha256sum "$XDG_CONFIG_HOME/aluno/rita/client.crt")" "$before"
    [ ! -e "$XDG_CONFIG_HOME/aluno/.new" ] || not_ok 'nothing is left behind'
    works '--sim' alone "$ALUNO" --perfil rita configurar "$work/leo.aluno" --sim
    says 'leo (reader) em'
}

what_is_missing_is_asked() {
    begin
    pack rita
    sed '/^key =/,$d' "$work/rita.aluno" >"$work/partial.aluno"
    works 'the key and the address' with_answers "/none\n$ca/ca.crt\n$ca/clients/rita.key\nlocalhost\n127.0.0.1:$port\n" \
        "$ALUNO" configurar "$work/partial.aluno"
    says 'não foi possível ler o arquivo /none'
    says "$ca/ca.crt: não tem PRIVATE KEY em PEM"
    says '--server localhost: HOST:PORT'
    says 'rita (registrar) em'
    works 'everything' with_answers "\n$ca/ca.crt\n$ca/clients/leo.crt\n$ca/clients/leo.key\n127.0.0.1:$port\n" \
        "$ALUNO" configurar
    says 'leo (reader) em'
    works 'at the prompt' with_answers "configurar --sim $work/rita.aluno\n127.0.0.1:$port\nservidor\n" "$ALUNO"
    says '"caller_name": "rita"'
    fails 2 'no more answers' with_answers "/none\n" "$ALUNO" configurar "$work/partial.aluno"
    says 'Nada foi gravado'
    [ ! -e "$XDG_CONFIG_HOME/aluno/.new" ] || not_ok 'nothing is left behind'
}

a_passphrase_opens_the_key() {
    begin
    export ALUNO_PACK_PASSPHRASE='correta cavalo'
    pack rita --encrypt --address "127.0.0.1:$port"
    works 'the second time' with_answers 'errada\ncorreta cavalo\n' "$ALUNO" configurar "$work/rita.aluno"
    says 'Esta senha não abre a chave'
    says 'rita (registrar) em'
    rm -r "$XDG_CONFIG_HOME"
    works 'Ctrl-Z does not leave a terminal that hides, or a shell that shows, what is typed' \
        timeout -k 5 300 expect -f "$ALUNO_SOURCE/tests/integration/configure.exp" "$work/rita.aluno"
    fails 1 'it is kept without one' grep -q ENCRYPTED "$XDG_CONFIG_HOME/aluno/rita/client.key"
    unset ALUNO_PACK_PASSPHRASE
}

what_is_wrong_changes_nothing() {
    begin
    pack rita --address "127.0.0.1:$port"
    works 'configurar' alone "$ALUNO" configurar "$work/rita.aluno"
    before=$(cd "$XDG_CONFIG_HOME" && find . -type f -exec sha256sum {} + | sort)
    fails 2 'no such file' alone "$ALUNO" configurar "$work/none"
    says "aluno: não foi possível ler o arquivo $work/none"
    fails 2 'another file' alone "$ALUNO" configurar "$ALUNO_SOURCE/LICENSE"
    says "$ALUNO_SOURCE/LICENSE:1: não é 'nome = valor'"
    fails 2 'a certificate alone' alone "$ALUNO" configurar "$ca/ca.crt"
    says "$ca/ca.crt:1: "
    sed 's/^server = .*/server = localhost/' "$work/rita.aluno" >"$work/bad.aluno"
    fails 2 'a bad address' alone "$ALUNO" configurar --sim "$work/bad.aluno"
    says '--server localhost: HOST:PORT'
    { sed '/^key =/,$d' "$work/rita.aluno" && echo 'key =' && cat "$ca/clients/leo.key"; } >"$work/bad.aluno"
    fails 2 "another's key" alone "$ALUNO" configurar "$work/bad.aluno"
    says 'does not match the certificate'
    sed 's|^name = .*|name = ../x|' "$work/rita.aluno" >"$work/bad.aluno"
    fails 2 'a name that is none' alone "$ALUNO" configurar "$work/bad.aluno"
    says "'../x' não serve de nome de perfil"
    fails 2 'the name of the settings file' alone "$ALUNO" --perfil config configurar "$work/rita.aluno"
    says "'config' não serve de nome de perfil"
    same 'it changes nothing' "$(cd "$XDG_CONFIG_HOME" && find . -type f -exec sha256sum {} + | sort)" "$before"
    echo nonsense >>"$config"
    fails 2 'a bad settings file' alone "$ALUNO" configurar "$work/rita.aluno"
    says "$config:6: não é 'nome = valor': nonsense"
}

the_connection_is_tested() {
    begin
    free=$(shuf -i 20000-32000 -n 1)
    pack rita --address "127.0.0.1:$free"
    fails 7 'nobody listens' alone "$ALUNO" configurar "$work/rita.aluno"
    says "Perfil rita gravado em $config"
    says 'nenhum serviço atende nesse endereço'
    says 'aluno diagnostico --perfil rita'
}

export ALUNO_TIMEOUT=60 # what the prompt asks in passing has time on a busy machine, too
make_certificates
start_service
run one_file_is_enough a_profile_is_not_replaced_unasked what_is_missing_is_asked a_passphrase_opens_the_key what_is_wrong_changes_nothing \
    the_connection_is_tested
stop_service
finish
