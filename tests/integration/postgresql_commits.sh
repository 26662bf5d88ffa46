#!/bin/sh
# Commits on PostgreSQL whose answer is lost, and what several services or several hosts have to agree on.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
. "$(dirname "$0")/../lib/postgres.sh"

# ---- commits without an answer ----

# Commits wait for a standby of that name; '': for none.
require_standby() {
    sql "ALTER SYSTEM SET synchronous_standby_names = '$1'" 'SELECT pg_reload_conf()' >/dev/null
}

# Runs a function of PostgreSQL's on the process whose create has committed, and waits for a standby.
to_waiting_create() { # FUNCTION
    [ "$(sql "SELECT $1(pid) FROM pg_stat_activity
        WHERE wait_event = 'SyncRep' AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')")" = t ]
}

# Starts a create whose commit waits for a standby that there is not. Its request id is of $1.
begin_create() {
    require_standby nobody
    # shellcheck disable=SC2016 # Lua's
    spawn "$ALUNO" --timeout 60 -e 'local c <close> = aluno.connect {}
        local ana = {name = "Ana", age = 20, br_document = "52998224725", email = "a@example.com"}
        print(assert(c:create(ana, {request_id = arg[1]})).id)' "$1" >"$work/created" 2>&1
    creating=$spawned
}

# The state that the service reports for a request id, or the reason of a refusal, within seconds.
state_of() { # ID [SECONDS]
    # shellcheck disable=SC2016 # Lua's
    "$ALUNO" --timeout "${2:-30}" -e 'local c <close> = aluno.connect {}
        local o, err = c:operation {request_id = arg[1]}
        print(o and o.state or err.reason)' "$1"
}

is_made_once() {
    require_standby ''
    works 'its caller gets her' reap "$creating"
    same 'who is the first one' "$(cat "$work/created")" 1
    same 'she is there once' "$(sql 'SELECT count(*) FROM student')" 1
    same 'so the service says' "$(state_of "$1")" COMMITTED
}

# The connection ends after the commit and before its answer.
the_answer_to_a_commit_is_lost() {
    serve
    begin_create 01998d5e-0000-7000-8000-000000000001
    await 'the commit is cut off' to_waiting_create pg_terminate_backend
    is_made_once 01998d5e-0000-7000-8000-000000000001
}

# PostgreSQL then answers that it committed, and warns.
a_wait_for_a_standby_is_given_up() {
    serve
    begin_create 01998d5e-0000-7000-8000-000000000001
    await 'the wait is given up' to_waiting_create pg_cancel_backend
    await 'her caller repeats it' await_in_vain
    same 'her caller has no answer' "$(cat "$work/created")" ''
    [ "$(state_of 01998d5e-0000-7000-8000-000000000001 2)" != COMMITTED ] || not_ok 'nobody is told that it is committed'
    is_made_once 01998d5e-0000-7000-8000-000000000001
}

# Whether a reply of the ledger waits for the standby.
await_in_vain() {
    [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")" -gt 0 ]
}

# ---- several services, several hosts ----

a_cpf_is_one_students_of_all_services() {
    serve
    serve_another
    for round in 1 2 3; do
        cpf=$((10000000000 + round))
        spawn "$ALUNO" criar --nome Ana --idade 20 --cpf "$cpf" --email a@example.com >"$work/one" 2>&1
        one=$spawned
        spawn env ALUNO_SERVER="$other" "$ALUNO" criar --nome Bia --idade 20 --cpf "$cpf" --email a@example.com >"$work/two" 2>&1
        two=$spawned
        reap "$one"
        results=$?
        reap "$two"
        same 'one of them has it' $((results + $?)) 5
    done
    same 'no id is none' "$(sql 'SELECT count(*), min(id) > 0 FROM student')" '3|t'
    kill "$other_service"
    reap "$other_service"
}

# One that is missing, and one that accepts connections and is silent.
a_host_that_is_silent_is_passed_over() {
    serve
    stop_service
    mkdir "$work/silent"
    spawn python3 -c 'import signal, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
signal.pause()' "$work/silent/.s.PGSQL.5432"
    await 'one is silent' test -S "$work/silent/.s.PGSQL.5432"
    start_service --db "postgresql:///aluno?host=$work/missing,$work/silent,$postgres_folder&user=aluno" --audit-dir "$work/audit"
    works 'the primary is found' register 'Ana' 529.982.247-25
}

make_certificates
start_postgres
run the_answer_to_a_commit_is_lost a_wait_for_a_standby_is_given_up
run a_cpf_is_one_students_of_all_services a_host_that_is_silent_is_passed_over
stop_service
finish
