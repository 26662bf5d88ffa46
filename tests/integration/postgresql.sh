#!/bin/sh
# The service over PostgreSQL: the same calls, each change once, from whichever service, and through PostgreSQL's failures.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
. "$(dirname "$0")/../lib/postgres.sh"

a_student_comes_and_goes() {
    serve
    works 'the diagnosis names it' "$ALUNO" diagnostico
    says 'sobre PostgreSQL'
    works 'one is registered' register 'Ana Souza' 529.982.247-25
    says '"id": 1'
    fails 5 'her CPF is hers' register 'Bia' 529.982.247-25
    works 'she is found by her CPF' "$ALUNO" obter --cpf 52998224725
    works 'her name changes' "$ALUNO" atualizar --id 1 --nome 'Ana Lima'
    says '"etag": "2"'
    fails 5 'an etag that is old' "$ALUNO" atualizar --id 1 --nome 'Ana' --etag 1
    works 'she is found by a word' "$ALUNO" listar --busca lim
    says 'Ana Lima'
    works 'she leaves' "$ALUNO" deletar --id 1
    works 'she returns' "$ALUNO" restaurar --id 1
    works 'the audit has it all' as vera "$ALUNO" auditoria listar
    says 'UndeleteStudent'
}

# The retry of a change goes to another service.
a_change_is_made_once_by_all_services() {
    serve
    serve_another
    # shellcheck disable=SC2016 # Lua's
    works 'a request id is good at both' run_lua '
        local one <close> = aluno.connect {}
        local two <close> = aluno.connect {server = arg[1]}
        local ana = {name = "Ana", age = 20, br_document = "52998224725", email = "a@example.com"}
        local id = "01998d5e-0000-7000-8000-000000000001"
        local made = assert(one:create(ana, {request_id = id}))
        local again, err, about = two:create(ana, {request_id = id})
        assert(again and again.id == made.id, err and err.message)
        assert(two:operation {request_id = id}.state == "COMMITTED")
        assert(one:list {}.total_size == 1)
        local page = assert(one:list {})
        local changed = assert(two:update {id = made.id, student = {name = "Bia"}, etag = made.etag})
        local none, stale = one:update {id = made.id, student = {name = "Eva"}, etag = made.etag}
        assert(not none and stale.reason == "ETAG_MISMATCH")' "$other"
    same 'the ledger has each once' "$(sql "SELECT count(*) FROM operation WHERE method LIKE '%CreateStudent'")" 1
    fails 1 'a name is one service alone' timeout 60 "$ALUNOD" --listen tls+tcp://127.0.0.1:1 --db "$postgres&application_name=other" \
        --ca "$ca/ca.crt" --cert "$ca/server.crt" --key "$ca/server.key" --audit-dir "$work/third"
    says 'application_name'
    kill "$other_service"
    reap "$other_service"
}

# Whether this statement waits for another transaction.
waits() { # STATEMENT
    [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '$1 %'")" != 0 ]
}

# Runs the statement in a transaction of its own, which holds that lock until `release`.
hold() { # TABLE MODE STATEMENT
    rm -f "$work/holder"
    mkfifo "$work/holder"
    exec 7<>"$work/holder"
    spawn "$postgres_bin/psql" -X -q -h "$postgres_folder" -p "$postgres_port" -U aluno aluno <"$work/holder"
    echo "BEGIN; $3;" >&7
    await "$1 is held" is_held "$1" "$2"
}

is_held() { # TABLE MODE
    [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = '$1'::regclass AND mode = '$2' AND granted")" = 1 ]
}

release() {
    echo 'COMMIT;' >&7
    exec 7>&-
}

# The first attempt has the CPF, and is not committed yet when the second one, at another service, looks into the ledger.
a_retry_meets_its_first_attempt() {
    serve
    serve_another
    mkfifo "$work/commands"
    exec 8<>"$work/commands"
    spawn "$ALUNO_BUILD/tests/histories/history-link" "$((port + 1))" "$port" <"$work/commands"
    hold operation ExclusiveLock 'LOCK TABLE operation IN EXCLUSIVE MODE'
    ALUNO_SERVER="tls+tcp://127.0.0.1:$((port + 1)),$other" register 'Ana' 529.982.247-25 --timeout 60 >"$work/replied" 2>&1 &
    registering=$!
    await 'the first attempt waits' waits 'INSERT INTO operation'
    echo cut >&8
    await 'the second one waits, too' waits 'INSERT INTO student'
    release
    wait "$registering"
    same 'the change was made' $? 0
    works 'once' grep -q '"id": 1' "$work/replied"
    exec 8>&-
    kill "$other_service"
    reap "$other_service"
}

# They wait for the table, some of them longer than they may.
lookups_at_once_are_answered_each() {
    serve
    # shellcheck disable=SC2016 # Lua's
    works 'there are students' run_lua '
        local c <close> = aluno.connect {strict = true}
        for i = 1, 9 do
            c:create {name = "Ana " .. i, age = i, br_document = aluno.cpf.generate(i), email = "a@example.com"}
        end
        c:delete {id = 9}'
    hold student AccessExclusiveLock 'LOCK TABLE student IN ACCESS EXCLUSIVE MODE'
    # shellcheck disable=SC2016 # Lua's
    run_lua '
        local c <close> = aluno.connect {timeout = 60}
        local a, patient, hasty = c:async(), {}, {}
        assert(c:health()) -- it is connected
        for i = 1, 30 do
            patient[i] = a:get {id = i % 12 + 1, show_deleted = i > 15}
            hasty[i] = a:get({id = 1}, {timeout = 0.3})
        end
        for _, future in ipairs(hasty) do
            local none, err = future:wait()
            assert(not none and err.reason == "DEADLINE_PASSED", err and err.reason)
        end
        assert(io.open(arg[1], "w")):close()
        for i, future in ipairs(patient) do
            local student, err = future:wait()
            local id = i % 12 + 1
            local known = id <= 8 or id == 9 and i > 15
            assert(known and student.name == "Ana " .. id or not known and err.code == "NOT_FOUND", err and err.reason)
        end' "$work/too-late" >"$work/replied" 2>&1 &
    asking=$!
    await 'some are too late' test -e "$work/too-late"
    await 'the others read one by one' waits "SELECT % WHERE id = \$1"
    release
    wait "$asking"
    same 'each has its answer' $?/"$(cat "$work/replied")" 0/
}

erase() {
    as ana "$ALUNO" eliminar --cpf 529.982.247-25 "$@"
}

# Somebody is given the CPF by a transaction that has not ended when the second step looks for all who have it.
an_erasure_misses_nobody() {
    serve
    works 'one' register 'Ana' 529.982.247-25
    works 'who is removed' "$ALUNO" deletar --id 1
    works 'another one' register 'Bia' 111.444.777-35
    works 'the first step' erase --apenas-validar
    confirmation=$(grep -oE '[0-9a-f]+-[0-9a-f]{8}' "$output" | head -n 1)
    hold student RowExclusiveLock "UPDATE student SET br_document = '52998224725' WHERE id = 2"
    erase --confirmacao "$confirmation" --motivo 'pedido do titular' --timeout 60 >"$work/replied" 2>&1 &
    erasing=$!
    await 'the second step waits' waits 'LOCK TABLE student'
    release
    wait "$erasing"
    same 'it is refused' $? 5
    works 'nobody is erased' "$ALUNO" obter --id 1 --removidos
    works 'nor the other one' "$ALUNO" obter --id 2
}

# The student's last change is made to look like one of a transaction that began later: each attempt has to give way.
a_conflict_is_no_failure() {
    serve
    works 'before' register 'Ana' 529.982.247-25
    sql "INSERT INTO feed SELECT place + 4096000000, student_id, kind, revision, time, is_identity FROM feed"
    fails 7 'a change that cannot be made now' "$ALUNO" --timeout 1 atualizar --id 1 --nome 'Bia'
    fails 1 'it is no error of the database' logged 'The database failed.'
    sql "DELETE FROM feed WHERE place > 4096000000"
    works 'it is made later' "$ALUNO" atualizar --id 1 --nome 'Bia'
}

# The hosts of a URI as documents write it: no ports, and the first one does not answer.
hosts_need_no_ports() {
    serve
    stop_service
    encoded=$(printf %s "$postgres_folder" | sed 's|/|%2F|g')
    start_service --db "postgresql://aluno@%2Fnowhere,$encoded,%2Fnowhere/aluno" --audit-dir "$work/audit"
    works 'a change finds the primary' register 'Ana' 529.982.247-25
}

# Backends die, then the server, which is back later.
calls_go_on_after_failures() {
    serve
    works 'before' register 'Ana' 529.982.247-25
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'aluno'" >/dev/null
    works 'connections are made anew' register 'Bia' 111.444.777-35
    pkill -KILL -P "$postgres_process" -o
    works 'after a crash' "$ALUNO" --timeout 30 obter --id 1
    works 'a change after a crash' register 'Eva' 935.411.347-80 --timeout 30
    kill_postgres
    await 'no primary, no service' is_not_serving
    start_postgres
    await 'it serves again' answers
    works 'and has them all' "$ALUNO" listar
    says '"id": 3'
}

is_not_serving() {
    "$ALUNO" --timeout 5 saude 2>&1 | grep -q STORE_UNREACHABLE
}

# A primary that hangs costs a call its deadline; health is answered.
a_halted_primary_holds_nothing_up() {
    serve
    works 'before' register 'Ana' 529.982.247-25
    halt_postgres
    fails 7 'a change fails in its time' timeout 20 "$ALUNO" --timeout 2 deletar --id 1
    fails 7 'a read fails in its time' timeout 20 "$ALUNO" --timeout 2 obter --id 1
    await 'health is answered' is_not_serving
    resume_postgres
    await 'it serves again' answers
    works 'afterwards' "$ALUNO" obter --id 1
}

# A password in the URI would be seen by others.
passwords_stay_secret() {
    fails 2 'a password in the URI is refused' "$ALUNOD" --db 'postgresql://ana:geheim@localhost/aluno' --ca x --cert x --key x
    says 'passfile'
    works 'it is not repeated' sh -c "! grep -q geheim '$output'"
}

# PostgreSQL's log would quote a CPF that is taken. leftovers.sh looks for CPFs in all logs when the test ends.
its_log_quotes_nobody() {
    serve
    works 'one' register 'Ana' 529.982.247-25
    works 'another' register 'Bia' 111.444.777-35
    fails 5 'a CPF is taken' "$ALUNO" atualizar --id 2 --novo-cpf 529.982.247-25
    works 'she leaves' "$ALUNO" deletar --id 1
    works 'her CPF is free' "$ALUNO" atualizar --id 2 --novo-cpf 529.982.247-25
    fails 5 'she finds it taken' "$ALUNO" restaurar --id 1
    fails 1 'nothing to warn of' logged 'may quote CPFs'
}

its_log_may_quote_somebody() {
    [ -z "$service" ] || stop_service
    sql 'CREATE ROLE plain LOGIN'
    sql 'DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION plain' 2>/dev/null
    start_service --db "postgresql:///aluno?host=$postgres_folder&user=plain" --audit-dir "$work/plain-audit"
    works 'a role that may not prevent it is told' logged 'may quote CPFs'
    stop_service
    sql 'DROP OWNED BY plain; DROP ROLE plain; CREATE SCHEMA IF NOT EXISTS public'
}

backups_are_its_own() {
    fails 1 'a backup names what makes one' "$ALUNOD" backup --db "$postgres" --to "$work/copy"
    says 'pg_basebackup'
    fails 1 'so does a restore' "$ALUNOD" restore --db "$postgres" --erased "$work/list" "$work/copy"
    says 'pg_basebackup'
}

# All that a caller sees of the students, their ids, etags and times; and what an old request id is answered.
seen() {
    "$ALUNO" listar --removidos --ordem nome
    # shellcheck disable=SC2016 # Lua's
    run_lua 'local c <close> = aluno.connect {}
        for s in c:each {} do print(s.id, s.etag, s.create_time, s.update_time) end
        local o = assert(c:operation {request_id = arg[1]})
        print(o.state, o.commit_time, o.student.id)' 01998d5e-0000-7000-8000-000000000001
}

# As that of very many rows, or one for which a standby has to catch up: longer than a call would wait.
make_commits_slow() {
    sql "CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(11); RETURN NULL; END'" \
        'CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON operation_forgotten DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION sleep()'
}

# From a file to PostgreSQL, and back into another file.
a_database_moves_there_and_back() {
    [ -z "$service" ] || stop_service
    empty_service --audit-dir "$work/moved-audit"
    # shellcheck disable=SC2016 # Lua's
    works 'there are students' run_lua '
        local c <close> = aluno.connect {}
        local id = "01998d5e-0000-7000-8000-000000000001"
        assert(c:create({name = "Ângela", age = 20, br_document = "52998224725", email = "A@example.com"}, {request_id = id}))
        for i, name in ipairs {"Ana Maria", "álvaro", "Bia D\x27Ávila", "Zoé"} do
            assert(c:create {name = name, birth_date = "2010-02-2" .. i, br_document = string.format("%011d", i), email = "b@example.com"})
        end
        assert(c:update {id = 2, student = {name = "Ana Lima"}})
        assert(c:delete {id = 3})'
    seen >"$work/before" 2>&1
    stop_service
    sql 'SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public'
    start_service --db "$postgres" --audit-dir "$work/empty-audit" # makes the schema
    stop_service
    make_commits_slow
    works 'into PostgreSQL, whose commit takes long' "$ALUNOD" migrate --from "$db" --to "$postgres"
    says 'student    5 rows'
    sql 'SET client_min_messages = error; DROP FUNCTION sleep CASCADE'
    fails 1 'not into what is not empty' "$ALUNOD" migrate --from "$db" --to "$postgres"
    says 'not empty'
    start_service --db "$postgres" --audit-dir "$work/moved-audit"
    seen >"$work/there" 2>&1
    works 'the next id follows' register 'Eva' 111.444.777-35
    says '"id": 6'
    works 'she is erased' "$ALUNO" deletar --id 6
    works 'the audit goes on' "$ALUNOD" audit verify --db "$postgres" --audit-dir "$work/moved-audit"
    stop_service
    works 'and back' "$ALUNOD" migrate --from "$postgres" --to "$work/back.db"
    start_service --db "$work/back.db" --audit-dir "$work/moved-audit"
    works 'the last one is removed' "$ALUNO" obter --id 6 --removidos
    seen >"$work/back" 2>&1
    same 'the same in PostgreSQL' "$(cat "$work/there")" "$(cat "$work/before")"
    same 'and in the file' "$(grep -v Eva "$work/back")" "$(cat "$work/before")"
}

make_certificates
start_postgres
run a_student_comes_and_goes a_change_is_made_once_by_all_services a_retry_meets_its_first_attempt an_erasure_misses_nobody
run lookups_at_once_are_answered_each a_conflict_is_no_failure hosts_need_no_ports
run calls_go_on_after_failures a_halted_primary_holds_nothing_up passwords_stay_secret
run its_log_quotes_nobody its_log_may_quote_somebody backups_are_its_own a_database_moves_there_and_back
[ -z "$service" ] || stop_service
finish
