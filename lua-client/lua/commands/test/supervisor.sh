# Runs the programs of `aluno testar`. A shell reads this text from its standard input, then the commands of trial.lua:
# certificates, serve, run and stop. Input ends when the client does, however that happens; then the supervisor kills
# what runs and removes the folder.
# shellcheck shell=sh
folder=$1 alunod=$2 certs=$3
ca=$folder/ca
running=
umask 077

# The client's own input. Some kinds cannot be opened again, such as sockets.
input=/proc/$PPID/fd/0
true 2>/dev/null <"$input" || input=/dev/null

# The client's settings come with each script; the service gets all of its own as options.
for name in $(env | sed -n 's/^\(ALUNO[A-Z0-9_]*\)=.*/\1/p'); do
    unset "$name"
done

# Reports an exit code: NAME.code appears whole. When the disk is full, the folder's absence reports it.
report() {
    if ! { echo "$2" >"$folder/$1.new" && mv "$folder/$1.new" "$folder/$1.code"; }; then
        rm -rf -- "$folder"
    fi
}

# start NAME WORDS…: starts a program whose standard input and error are descriptors 3 and 4: the shell's own error
# output gets what shells write of programs that were killed.
start() {
    name=$1
    shift
    rm -f "$folder/$name.code"
    (
        trap 'trap "" HUP TERM; kill -KILL "$!"; wait; exit' HUP TERM
        "$@" <&3 2>&4 3<&- 4>&- &
        wait "$!"
        report "$name" "$?"
    ) &
    running="$running $name:$!"
}

# Kills what runs. The number of a program that has ended may be another one's by now.
stop() {
    for each in $running; do
        [ -e "$folder/${each%:*}.code" ] || kill "${each#*:}"
    done
    wait
    running=
}

finish() {
    trap '' HUP INT QUIT TERM
    stop
    rm -rf -- "$folder"
}

certificates() {
    {
        "$certs" init "$ca" && "$certs" server "$ca" localhost 127.0.0.1 && "$certs" client "$ca" teste --role admin
    } >"$folder/certificates.log" 2>&1 </dev/null
    report certificates "$?"
}

# serve PORT: starts a service with an empty database.
serve() {
    rm -f "$folder"/service.*
    start service "$alunod" --listen "tls+tcp://127.0.0.1:$1" --db "$folder/service.db" --ca "$ca/ca.crt" \
        --cert "$ca/server.crt" --key "$ca/server.key" >"$folder/service.log" 3</dev/null 4>&1
}

# run VARIABLE=VALUE… PROGRAM ARGUMENTS…
run() {
    start script env "$@" 3<"$input"
}

# Signals of the terminal reach this shell too: it does not end before its input does.
trap finish EXIT
trap : HUP INT QUIT TERM
exec 4>&2 2>/dev/null
