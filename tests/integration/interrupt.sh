#!/bin/sh
# Ctrl-C inside a call, and a call's time limit: it is given up at once, what is known of the change is told, and the
# next call is served.
. "$ALUNO_SOURCE/tests/lib/assert.sh"
. "$ALUNO_SOURCE/tests/lib/service.sh"

make_certificates
start_service

transcript=$work/transcript
input=$work/input
mkfifo "$input"
create='criar --nome "Ana Lima" --idade 20 --cpf 529.982.247-25 --email ana@exemplo.com'

transcript_has() {
    grep -qF -e "$1" "$transcript"
}

# Starts the prompt on a pipe that stays open, and waits until it is connected.
open_prompt() {
    exec 8<>"$input"
    spawn "$ALUNO" --timeout 600 <"$input" >"$transcript" 2>&1 8>&-
    prompt=$spawned
    echo saude >&8
    await 'the prompt is connected' transcript_has SERVING
}

close_prompt() {
    exec 8>&-
    reap "$prompt"
}

# ---- at the prompt, while the service does not answer ----

open_prompt
kill -STOP "$service"
echo "$create" >&8
await 'the call is under way' transcript_has '"method": "aluno.v1.StudentService/CreateStudent"'
kill -INT "$prompt"
await 'Ctrl-C ends the call' transcript_has Interrompido
await 'the outcome is told to be unknown' transcript_has 'Não se sabe se a mudança foi gravada; pergunte: operacao'
close_prompt
same 'the prompt on a pipe ends with 130' $? 130
kill -CONT "$service"
id=$(grep -o 'operacao --id-do-pedido [0-9a-f-]*' "$transcript" | sed 's/.* //')
works 'the operation is asked for' "$ALUNO" --formato json operacao --id-do-pedido "$id"
says '"state"'

# ---- a command of the shell, that never reaches the service ----

kill -STOP "$service"
spawn env ALUNO_TRACE=1 "$ALUNO" --timeout 600 listar >"$transcript" 2>&1
await 'it dials' transcript_has CONNECTING
kill -INT "$spawned"
reap "$spawned"
same 'Ctrl-C while it connects ends it with 130' $? 130
kill -CONT "$service"

# ---- a script ----

cat >"$work/script.lua" <<'LUA'
local c <close> = aluno.connect {timeout = 600}
assert(c:health())
local closed <close> = setmetatable({}, {__close = function() print "closed" end})
print "ready"
io.stdout:flush()
io.read()
local call = c:async():list()
print "under way"
io.stdout:flush()
call:wait()
print "not reached"
LUA
exec 8<>"$input"
spawn "$ALUNO" "$work/script.lua" <"$input" >"$transcript" 2>&1 8>&-
script=$spawned
await 'the script is connected' transcript_has ready
kill -STOP "$service"
echo >&8
await 'the call is under way' transcript_has 'under way'
kill -INT "$script"
reap "$script"
same 'Ctrl-C ends a script with 130' $? 130
exec 8>&-
kill -CONT "$service"
works 'variables to be closed were' transcript_has closed
fails 1 'nothing ran after the call' transcript_has 'not reached'

# ---- the next call is served; --trace tells what was done ----

works 'the next call is served' "$ALUNO" --trace criar --nome 'Bia Lima' --idade 17 --cpf 935.411.347-80 \
    --email bia@exemplo.com
says 'trace: connection READY'
says 'trace: CreateStudent attempt=1'
fails 5 'a trace tells reasons' "$ALUNO" --rastrear criar --nome 'Bia Lima' --idade 17 --cpf 935.411.347-80 \
    --email bia@exemplo.com
says 'ALREADY_EXISTS/CPF_TAKEN'
"$ALUNO" --trace listar 2>"$work/trace" >/dev/null
fails 1 'a trace tells nothing of students' grep -e Bia -e 935 -e exemplo "$work/trace"

stop_service
finish
