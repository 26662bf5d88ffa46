#!/bin/sh
# Ctrl-C during a call, and a call's time limit: the call ends at once, the change's outcome is reported, and the next
# call is served.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

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

operation_has_ended() {
    "$ALUNO" --formato json operacao --id-do-pedido "$id" >"$output" 2>&1 && ! grep -q IN_PROGRESS "$output"
}

# The service is halted during the call.
the_prompt_goes_on() {
    open_prompt
    halt_service
    echo "$create" >&8
    await 'the call is under way' transcript_has '"method": "aluno.v1.StudentService/CreateStudent"'
    kill -INT "$prompt"
    await 'Ctrl-C ends the call' transcript_has Interrompido
    await 'the outcome is reported as unknown' transcript_has 'Não se sabe se a mudança foi gravada; pergunte: operacao'
    close_prompt
    same 'the prompt on a pipe ends with 130' $? 130
    kill -CONT "$service"
    id=$(grep -o 'operacao --id-do-pedido [0-9a-f-]*' "$transcript" | sed 's/.* //')
    await 'the operation has ended' operation_has_ended
    state=$("$ALUNO" --formato json operacao --id-do-pedido "$id" | value state)
    if "$ALUNO" obter --cpf 52998224725 >/dev/null 2>&1; then
        same 'the operation of a student who is there' "$state" COMMITTED
    else
        same 'the operation of one who is not' "$state" NOT_SEEN
    fi
}

# The call never reaches the service.
a_command_ends() {
    halt_service
    spawn env ALUNO_TRACE=1 "$ALUNO" --timeout 600 listar >"$transcript" 2>&1
    await 'it dials' transcript_has CONNECTING
    kill -INT "$spawned"
    reap "$spawned"
    same 'Ctrl-C while it connects ends it with 130' $? 130
    kill -CONT "$service"
}

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

a_script_ends() {
    exec 8<>"$input"
    spawn "$ALUNO" "$work/script.lua" <"$input" >"$transcript" 2>&1 8>&-
    script=$spawned
    await 'the script is connected' transcript_has ready
    halt_service
    echo >&8
    await 'the call is under way' transcript_has 'under way'
    kill -INT "$script"
    reap "$script"
    same 'Ctrl-C ends a script with 130' $? 130
    exec 8>&-
    kill -CONT "$service"
    works 'variables to be closed were' transcript_has closed
    fails 1 'nothing ran after the call' transcript_has 'not reached'
}

# --trace logs each attempt.
the_next_call_is_served() {
    works 'the next call is served' "$ALUNO" --trace criar --nome 'Bia Lima' --idade 17 --cpf 935.411.347-80 \
        --email bia@exemplo.com
    says 'trace: connection READY'
    says 'trace: CreateStudent attempt=1'
    fails 5 'a trace has reasons' "$ALUNO" --rastrear criar --nome 'Bia Lima' --idade 17 --cpf 935.411.347-80 \
        --email bia@exemplo.com
    says 'ALREADY_EXISTS/CPF_TAKEN'
    "$ALUNO" --trace listar 2>"$work/trace" >/dev/null
    fails 1 'a trace has no personal data' grep -e Bia -e 935 -e exemplo "$work/trace"
}

make_certificates
start_service
run the_prompt_goes_on a_command_ends a_script_ends the_next_call_is_served
stop_service
finish
