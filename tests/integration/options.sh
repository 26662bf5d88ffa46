#!/bin/sh
# The programs' options. An invalid option gets one line that names it and says how to fix it, with exit code 2 (wrong
# usage) or 1 (an unusable value). Precedence: a flag, the environment, the file, the default.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# A program's whole output is one line, besides those of a start: CODE TITLE WORDS COMMAND...
refuses() {
    code=$1
    about=$2
    words=$3
    shift 3
    fails "$code" "$about" timeout 20 "$@"
    says "$words"
    same "$about: in one line" "$(grep -cvE 'msg="(Starting server|There was no database)' "$output")" 1
}

# alunod with valid options and then an invalid one: CODE TITLE WORDS OPTION...
alunod_refuses() {
    code=$1
    about=$2
    words=$3
    shift 3
    refuses "$code" "$about" "alunod: $words" "$ALUNOD" --listen "tls+tcp://127.0.0.1:$port" --db "$work/other.db" \
        --ca "$ca/ca.crt" --crl "$ca/ca.crl" --cert "$ca/server.crt" --key "$ca/server.key" "$@"
}

# ---- alunod ----

alunod_refuses_how_it_is_called() {
    alunod_refuses 2 'an unknown option' 'unknown option --speed; see alunod --help' --speed 9
    alunod_refuses 2 'an unknown letter' 'unknown option -x; see alunod --help' -x
    alunod_refuses 2 'an argument' 'unexpected argument "now"; see alunod --help' now
    alunod_refuses 2 'a value is missing' '--db: a value is missing; write --db FILE' --db
    alunod_refuses 2 'an empty value' '--db: is empty; give a FILE' --db ''
    alunod_refuses 2 'a value for a switch' '--check-config: takes no value; write it alone' --check-config=yes
    alunod_refuses 2 'no address' '--listen: "127.0.0.1:3000" does not begin with tls+tcp://' --listen 127.0.0.1:3000
    alunod_refuses 2 'no number' '--max-connections: "many" is not a whole number from 1 to 65535' --max-connections many
    alunod_refuses 2 'no such word' '--cpf-check: "lax" is not one of warn|strict' --cpf-check lax
    refuses 2 'nothing given' 'alunod: --ca: is required; give --ca FILE, set ALUNOD_CA or write it in the --config file' \
        "$ALUNOD"
}

alunod_refuses_files() {
    for option in ca cert key crl; do
        alunod_refuses 1 "--$option is missing" "--$option $work/none: " "--$option" "$work/none"
        alunod_refuses 1 "--$option is a folder" "--$option $work: " "--$option" "$work"
        : >"$work/empty"
        alunod_refuses 1 "--$option is empty" "--$option $work/empty: " "--$option" "$work/empty"
        alunod_refuses 1 "--$option holds something else" "--$option $ALUNO_SOURCE/README.md: " \
            "--$option" "$ALUNO_SOURCE/README.md"
    done
    alunod_refuses 1 'the key of another certificate' \
        "--key $ca/clients/rita.key: does not match the certificate --cert $ca/server.crt" --key "$ca/clients/rita.key"
    alunod_refuses 1 "a client's certificate" "--cert $ca/clients/rita.crt: not made for a service" \
        --cert "$ca/clients/rita.crt" --key "$ca/clients/rita.key"
    alunod_refuses 1 'no CA' "--ca $ca/server.crt: not the certificate of a CA" --ca "$ca/server.crt"
    openssl ec -in "$ca/server.key" -aes128 -passout pass:secret -out "$work/locked.key" 2>/dev/null
    alunod_refuses 1 'a key with a passphrase' "--key $work/locked.key: protected by a passphrase" \
        --key "$work/locked.key"
}

# Writes the four bytes of a number into a file's header: FILE OFFSET OCTAL.
patch() {
    printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

make_bad_databases() {
    cp "$ALUNO_SOURCE/LICENSE" "$work/text.db"
    cp "$db" "$work/newer.db"
    patch "$work/newer.db" 60 '\000\000\001\000' # user_version
    cp "$db" "$work/foreign.db"
    patch "$work/foreign.db" 68 '\001\002\003\004' # application_id
    fails 1 'the digests of a newer one' "$ALUNOD" seal --db "$work/newer.db"
    fails 1 'those of another program' "$ALUNOD" seal --db "$work/foreign.db"
}

alunod_refuses_databases() {
    alunod_refuses 1 'a folder' "--db $work: is not a file" --db "$work"
    alunod_refuses 1 'in no folder' "--db $work/none/aluno.db: cannot be opened: No such file or directory" \
        --db "$work/none/aluno.db"
    alunod_refuses 1 'where nothing can be made' '--db /proc/aluno.db: cannot be opened: ' --db /proc/aluno.db
    if [ "$(id -u)" != 0 ]; then # root may write everywhere
        : >"$work/readonly.db"
        chmod 400 "$work/readonly.db"
        alunod_refuses 1 'not writable' "--db $work/readonly.db: cannot be opened: Permission denied" \
            --db "$work/readonly.db"
    fi
    alunod_refuses 1 'no database' "--db $work/text.db: " --db "$work/text.db"
    works 'which is left as it was' cmp "$ALUNO_SOURCE/LICENSE" "$work/text.db"
    alunod_refuses 1 'of a newer alunod' \
        "--db $work/newer.db: has schema version 256, newer than this program's" --db "$work/newer.db"
    alunod_refuses 1 'of another program' \
        "--db $work/foreign.db: is a database of another program; choose another file" --db "$work/foreign.db"
}

alunod_refuses_what_is_in_use() {
    alunod_refuses 1 'the database' "--db $db: is in use by another alunod; stop that one or choose another file" \
        --db "$db"
    ln -s "$db" "$work/link.db"
    alunod_refuses 1 'the database by another name' "--db $db: is in use by another alunod" --db "$work/link.db"
    rm "$db.lock"
    alunod_refuses 1 'the database without the file of its lock' "--db $db: is in use by another alunod" --db "$db"
    fails 1 'a command, too' "$ALUNOD" seal --db "$db"
    says 'is in use by another alunod'
    fails 1 'the port' timeout 20 "$ALUNOD" --listen "$ALUNO_SERVER" --db "$work/second.db" --ca "$ca/ca.crt" \
        --cert "$ca/server.crt" --key "$ca/server.key"
    says "alunod: --listen $ALUNO_SERVER: "
    says 'in use'
    works 'the one that runs is unharmed' "$ALUNO" saude
}

alunod_reads_a_file() {
    printf '# a comment\n[service]\nlog-level = info\n' >"$work/sections.conf"
    alunod_refuses 2 'a section' "$work/sections.conf:2: the file has no sections; remove the line" \
        --config "$work/sections.conf"
    printf 'log-level = info\nspeed = 9\n' >"$work/unknown.conf"
    alunod_refuses 2 'an unknown name' "$work/unknown.conf:2: \"speed\" is no option for a file" --config "$work/unknown.conf"
    printf 'log-level\n' >"$work/word.conf"
    alunod_refuses 2 'no pair' "$work/word.conf:1: is not \"key = value\"; correct the line" --config "$work/word.conf"
    printf 'log-level = info\n\nlog-level = warn\n' >"$work/twice.conf"
    alunod_refuses 2 'twice' "$work/twice.conf:3: \"log-level\" was given in line 1 already" --config "$work/twice.conf"
    printf 'max-connections = 0\n' >"$work/value.conf"
    alunod_refuses 2 'a bad value' "--max-connections ($work/value.conf:1): \"0\" is not a whole number" \
        --config "$work/value.conf"
    alunod_refuses 2 'a missing file' "--config: $work/none cannot be read: No such file or directory" --config "$work/none"
    works 'a good file' "$ALUNOD" --config "$work/good.conf" --check-config
    says 'the configuration is good'
}

the_flag_wins_over_the_environment_and_that_over_the_file() {
    printf 'cpf-check = file\n' >"$work/precedence.conf"
    alunod_refuses 2 'the file over the default' "--cpf-check ($work/precedence.conf:1): \"file\" is not" \
        --config "$work/precedence.conf"
    refuses 2 'the environment over the file' 'alunod: --cpf-check (ALUNOD_CPF_CHECK): "environment" is not' \
        env ALUNOD_CPF_CHECK=environment "$ALUNOD" --config "$work/precedence.conf" --ca x --cert x --key x
    refuses 2 'the flag over both' 'alunod: --cpf-check: "flag" is not' \
        env ALUNOD_CPF_CHECK=environment "$ALUNOD" --config "$work/precedence.conf" --cpf-check flag \
        --ca x --cert x --key x
    works 'quotes, as docker --env-file leaves them' env ALUNOD_LOG_LEVEL='"warn"' \
        "$ALUNOD" --config "$work/good.conf" --print-config
    says 'log-level = warn '
    refuses 2 'half of them' 'alunod: --db (ALUNOD_DB): one of two quotes is missing; write both or none' \
        env ALUNOD_DB='"a.db' "$ALUNOD" --config "$work/good.conf"
    works 'an empty variable is none' env ALUNOD_LOG_LEVEL= "$ALUNOD" --config "$work/good.conf" --check-config
    refuses 2 'the file itself by the environment' "alunod: --config: $work/none cannot be read" \
        env ALUNOD_CONFIG="$work/none" "$ALUNOD"
}

# --check-config refuses options with which the service would not start, or would serve nobody: CODE TITLE WORDS OPTION...
check_refuses() {
    code=$1
    about=$2
    words=$3
    shift 3
    fails "$code" "--check-config, $about" "$ALUNOD" --check-config --listen "tls+tcp://127.0.0.1:$port" --db "$db" \
        --ca "$ca/ca.crt" --crl "$ca/ca.crl" --cert "$ca/server.crt" --key "$ca/server.key" "$@"
    says "alunod: $words"
    ! grep -q 'the configuration is good' "$output" || not_ok "--check-config, $about: it is not good"
}

alunod_refuses_configurations() {
    openssl req -new -key "$ca/server.key" -subj /CN=localhost -out "$work/ended.csr"
    printf '[a]\nextendedKeyUsage = serverAuth\nkeyUsage = critical, digitalSignature\n' >"$work/extensions"
    openssl x509 -req -in "$work/ended.csr" -CA "$ca/ca.crt" -CAkey "$ca/ca.key" -CAcreateserial -days 0 \
        -extfile "$work/extensions" -extensions a -out "$work/ended.crt" 2>/dev/null
    check_refuses 1 'an ended certificate' "--cert $work/ended.crt: has ended on " --cert "$work/ended.crt"
    cp "$ca/server.key" "$work/open.key"
    chmod 604 "$work/open.key"
    check_refuses 1 'a key that all may read' "--key $work/open.key: all users of this machine may use it (mode 604)" \
        --key "$work/open.key"
    check_refuses 1 'an address of another machine' '--listen tls+tcp://192.0.2.1:3000: this machine does not have that' \
        --listen tls+tcp://192.0.2.1:3000
    check_refuses 1 'no database' "--db $work/text.db: is not a database" --db "$work/text.db"
    check_refuses 1 "another program's" "--db $work/foreign.db: is a database of another program" --db "$work/foreign.db"
    check_refuses 1 'a newer one' "--db $work/newer.db: has schema version 256, newer than" --db "$work/newer.db"
}

alunod_describes_itself() {
    works '--check-config' "$ALUNOD" --check-config --db "$work/unmade.db" --ca "$ca/ca.crt" --cert "$ca/server.crt" \
        --key "$ca/server.key" --backup-dir "$work/unmade"
    says 'alunod: the configuration is good'
    says "--db $work/unmade.db: will be made"
    says "--backup-dir $work/unmade: will be made"
    says "--ca $ca/ca.crt: ends on 20"
    says "--cert $ca/server.crt: ends on 20"
    says '--crl: none, so no certificate can be revoked'
    [ ! -e "$work/unmade.db" ] || not_ok '--check-config makes no database'
    cp "$db" "$work/open.db"
    mkdir -p "$work/open"
    chmod 644 "$work/open.db"
    chmod 755 "$work/open"
    works 'files that others may read' "$ALUNOD" --check-config --db "$work/open.db" --backup-dir "$work/open" \
        --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" --listen tls+tcp://127.0.0.1:1
    says "--db $work/open.db: other users may read it; chmod go= $work/open.db"
    says "--backup-dir $work/open: other users may read it"
    [ ! -e "$work/unmade" ] || not_ok '--check-config makes no folder'
    mkdir "$work/backups"
    works 'few descriptors' sh -c 'ulimit -n 100 && exec "$@"' sh "$ALUNOD" --check-config --db "$work/unmade.db" \
        --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" --backup-dir "$work/backups"
    says "--backup-dir $work/backups: can be written"
    says '--max-connections 1024: the limit of open files (ulimit -Hn) allows 50'
    check_refuses 1 'a bad file' "--cert $work/none: " --cert "$work/none"
    check_refuses 1 'no such folder' "--db $work/none/a.db: cannot be opened: No such file or directory" --db "$work/none/a.db"
    check_refuses 1 'a folder' "--db $work: is not a file" --db "$work"
    check_refuses 1 'no folder for backups' "--backup-dir $work/none/b: cannot be used: No such file or directory" \
        --backup-dir "$work/none/b"
    check_refuses 1 'a file for backups' "--backup-dir $ca/ca.crt: cannot be used: Not a directory" \
        --backup-dir "$ca/ca.crt"
    alunod_refuses_configurations
    works '--print-config' "$ALUNOD" --config "$work/good.conf" --print-config
    says "; $work/good.conf:1"
    works '--version' "$ALUNOD" --version
    says 'alunod 0.'
    works '--help' "$ALUNOD" --help
    for option in listen db ca cert key crl config check-config help version; do
        says "--$option "
    done
    says 'ALUNOD_MAX_CONNECTIONS'
}

# ---- aluno ----

aluno_refuses_how_it_is_called() {
    refuses 2 'an unknown option' 'aluno: não há a opção --speed (veja: aluno --help)' "$ALUNO" --speed 9 saude
    refuses 2 'in English' 'aluno: there is no option --speed (see: aluno --help)' "$ALUNO" --lang en --speed 9 saude
    refuses 2 'a value is missing' 'aluno: --ca pede um valor' "$ALUNO" --ca
    refuses 2 'the last of two, as in an alias' 'aluno: there is no option --speed' "$ALUNO" --lang pt --lang en --speed 9
    refuses 2 'no language' "--lang, ALUNO_LANG: pt | en, não 'fr'" "$ALUNO" --lang fr saude
    refuses 2 'no seconds' "--timeout, ALUNO_TIMEOUT: 0.001-86400 s, não 'soon'" "$ALUNO" --timeout soon saude
    refuses 2 'no command' "aluno: 'voar' não é um comando nem um arquivo" "$ALUNO" voar
    refuses 2 'a misspelt command' "'lista' não é um comando nem um arquivo; talvez: listar" "$ALUNO" lista
    refuses 2 'a misspelt option' 'não há a opção --formto; talvez: --formato' "$ALUNO" --formto json listar
    refuses 2 'an option of scripts' '--restrito é para scripts' "$ALUNO" --restrito
    refuses 2 'in the words that were typed' '--max-time é para scripts' "$ALUNO" --max-time=5 listar
    refuses 2 'an unknown field' 'aluno: não há a opção --altura (veja: ajuda criar)' "$ALUNO" criar --altura 2
    refuses 2 'a field without a value' 'aluno: --nome pede um valor' "$ALUNO" criar --nome
    refuses 2 'a field twice' 'aluno: --name aparece mais de uma vez' "$ALUNO" criar --nome a --name b
    refuses 2 'a stray word' "aluno: 'agora' está sobrando (veja: ajuda criar)" "$ALUNO" criar agora
    refuses 2 'a misspelt field' 'aluno: não há a opção --nmoe; talvez: --nome (veja: ajuda criar)' "$ALUNO" criar --nmoe a
    refuses 2 "the program's option after a command" "--timeout, ALUNO_TIMEOUT: 0.001-86400 s, não 'soon'" \
        "$ALUNO" saude --timeout soon
    refuses 2 'what takes a list' 'aluno: lote é para scripts' "$ALUNO" lote
}

aluno_refuses_files() {
    for option in ca cert key crl; do
        refuses 2 "--$option is missing" "--$option $work/none: " "$ALUNO" "--$option" "$work/none" saude
        refuses 2 "--$option holds something else" "--$option $ALUNO_SOURCE/LICENSE: " \
            "$ALUNO" "--$option" "$ALUNO_SOURCE/LICENSE" saude
    done
    refuses 2 'the key of another certificate' "--key $ca/clients/leo.key: does not match the certificate" \
        "$ALUNO" --key "$ca/clients/leo.key" saude
    refuses 2 'no certificate given' '--cert' env ALUNO_CERT= "$ALUNO" saude
    refuses 2 'no address' '--server' "$ALUNO" --server localhost saude
}

aluno_cannot_connect() {
    free=$(shuf -i 20000-32000 -n 1)
    refuses 7 'nothing listens' "Problema na conexão: nenhum serviço atende nesse endereço (127.0.0.1:$free)" \
        "$ALUNO" --server "tls+tcp://127.0.0.1:$free" saude
    refuses 7 'no such name' 'Problema na conexão: o nome do servidor não pôde ser resolvido (nowhere.invalid' \
        "$ALUNO" --server tls+tcp://nowhere.invalid:3000 saude
}

the_clients_flag_wins_over_its_environment() {
    works 'by the environment' env ALUNO_LANG=en "$ALUNO" ajuda
    says 'shows the commands'
    works 'by the flag' env ALUNO_LANG=en "$ALUNO" --lang pt ajuda
    says 'mostra os comandos'
    works 'an address without its scheme' "$ALUNO" saude --server "${ALUNO_SERVER#tls+tcp://}"
    works 'files by the flag' env ALUNO_CERT="$work/none" "$ALUNO" --cert "$ca/clients/rita.crt" saude
    works '--version' "$ALUNO" --version
    says 'aluno 0.'
    works 'after a command' "$ALUNO" criar --lang en --help
    says 'registers a student'
    says '--br-document'
    works '--help' "$ALUNO" --help
    for option in server ca cert key crl tls-name timeout lang perfil; do
        says "--$option "
    done
}

# The settings of the file win over the defaults, the environment over them, and a flag over all.
the_client_reads_profiles() {
    mkdir -p "$XDG_CONFIG_HOME/aluno/rita"
    cp "$ca/ca.crt" "$ca/clients/rita.crt" "$ca/clients/rita.key" "$XDG_CONFIG_HOME/aluno/rita"
    cat >"$XDG_CONFIG_HOME/aluno/config" <<END
lang = en
[rita]
server = ${ALUNO_SERVER#tls+tcp://}
ca = rita/ca.crt
cert = rita/rita.crt
key = rita/rita.key
[nobody]
server = 127.0.0.1:1
END
    profiled=$work/profiled
    printf '#!/bin/sh\nexec env -u ALUNO_SERVER -u ALUNO_CA -u ALUNO_CERT -u ALUNO_KEY "$@"\n' >"$profiled"
    chmod +x "$profiled"
    works 'the first' "$profiled" "$ALUNO" servidor --format json
    says '"caller_name": "rita"'
    works 'its language' "$profiled" "$ALUNO" ajuda
    says 'shows the commands'
    works 'the environment over it' "$profiled" ALUNO_LANG=pt "$ALUNO" ajuda
    says 'mostra os comandos'
    refuses 2 'the one that is chosen' '--ca: is required' "$profiled" "$ALUNO" saude --profile nobody
    refuses 2 'by the environment' '--ca: is required' "$profiled" ALUNO_PROFILE=nobody "$ALUNO" saude
    works 'a flag over both' "$profiled" ALUNO_PROFILE=nobody "$ALUNO" saude --perfil rita
    works 'a script has it' "$profiled" "$ALUNO" -e 'print(assert(aluno.connect{}:info{}).caller_name)'
    says rita
    echo 'spede = 9' >>"$XDG_CONFIG_HOME/aluno/config"
    refuses 2 'a mistake' "aluno: $XDG_CONFIG_HOME/aluno/config:9: não há a opção spede" "$profiled" "$ALUNO" saude
    works 'help is there nevertheless' "$profiled" "$ALUNO" --help
    rm -r "$XDG_CONFIG_HOME"
}

make_certificates
start_service
printf 'ca = %s/ca.crt\n  cert = %s/server.crt\nkey = %s/server.key ; whose\n\n' "$ca" "$ca" "$ca" >"$work/good.conf"
run alunod_refuses_what_is_in_use aluno_refuses_how_it_is_called aluno_refuses_files aluno_cannot_connect \
    the_clients_flag_wins_over_its_environment the_client_reads_profiles
stop_service
make_bad_databases
run alunod_refuses_how_it_is_called alunod_refuses_files alunod_refuses_databases alunod_reads_a_file \
    the_flag_wins_over_the_environment_and_that_over_the_file alunod_describes_itself
finish
