#!/bin/sh
# Futures in Lua: many calls at once, waited for, cancelled, on a dead link, and never waited for.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# The service has at least the students 1 to 300.
with_students() {
    run_lua 'local c <close> = aluno.connect {strict = true}
        if c:list().total_size >= 300 then return end
        local a, futures = c:async(), {}
        for i = 1, 300 do
            futures[i] = a:create {name = "Ana", age = i % 100, br_document = aluno.cpf.generate(i), email = "ana@exemplo.com"}
        end
        assert(not select(2, aluno.all(futures)))' || give_up 'the students could not be made'
}

many_calls_at_once() {
    empty_service
    works '300 registrations at once' run_lua '
        local c <close> = aluno.connect {}
        local a, futures = c:async(), {}
        for i = 1, 300 do
            futures[i] = a:create {name = "Ana " .. ("x"):rep(i % 50 + 1), age = i % 100,
                br_document = aluno.cpf.generate(i), email = "ana@exemplo.com"}
        end
        local replies, errors = aluno.all(futures)
        assert(not errors and #replies == 300)
        for i, reply in ipairs(replies) do assert(reply.br_document == aluno.cpf.generate(i)) end
        assert(c:list().total_size == 300)
        local again, err, metadata = futures[7]:wait()
        assert(again.id == replies[7].id and not err and metadata.server_version)
        assert(c:statistics().succeeded == 301)'
}

calls_are_observed_as_they_were_sent() {
    with_students
    works 'each call is observed, as it was sent' run_lua '
        local seen = {}
        local c <close> = aluno.connect {on_call = function(method, request, future)
            local reply, err, metadata = future:wait()
            seen[#seen + 1] = {method:match "[^/]+$", request, reply, err and err.reason, metadata}
        end}
        c:create {nome = "Bia", idade = 9, cpf = "529.982.247-25", email = "bia@exemplo.com"}
        c:strict():get {id = 1}
        local created, raised = pcall(c.criar, c:strict(), {nome = 5})
        assert(not created and raised.reason == "FIELDS_INVALID")
        c:call("aluno.v1.StudentService/GetStudent", {id = 999999})
        aluno.all {c:async():get {id = 2}}
        local create, get, invalid, missing, async = table.unpack(seen)
        assert(create[1] == "CreateStudent" and create[2].student.br_document == "52998224725" and create[5].request_id)
        assert(get[1] == "GetStudent" and get[3].id == 1 and not get[4])
        assert(invalid[1] == "CreateStudent" and invalid[4] == "FIELDS_INVALID")
        assert(missing[4] == "STUDENT_NOT_FOUND" and missing[2].id == 999999)
        assert(async[2].id == 2 and async[3].id == 2 and #seen == 5)
        c:delete {cpf = "52998224725"}
        local raising <close> = aluno.connect {on_call = function() error "seen" end}
        local fine, problem = pcall(raising.get, raising, {id = 1})
        assert(not fine and problem:find "seen")'
}

errors_have_their_places() {
    with_students
    works 'errors at their places' run_lua '
        local c <close> = aluno.connect {}
        local a = c:async()
        local replies, errors = aluno.all {a:get {id = 1}, a:get {id = 999999}, a:create {name = ""}, a:criar {nome = 5}}
        assert(replies[1].id == 1 and replies[2] == nil and not errors[1])
        assert(errors[2].reason == "STUDENT_NOT_FOUND" and errors[3].reason == "FIELDS_INVALID")
        assert(errors[4].reason == "FIELDS_INVALID" and #errors[4].violations > 1)'
}

a_future_is_done_by_itself() {
    empty_service
    with_students
    works 'a future is done by itself, and each goes through pages' run_lua '
        local c <close> = aluno.connect {}
        local f = c:async():list {page_size = 100}
        assert(tostring(f):find "pending")
        while not f:done() do end
        assert(#f:wait().students == 100 and tostring(f):find "OK")
        local count = 0
        for _ in c:async():each {page_size = 90} do count = count + 1 end
        assert(count == 300)'
}

more_calls_than_may_be_pending() {
    with_students
    works 'more calls than may be pending' run_lua '
        local c <close> = aluno.connect {}
        local a, futures = c:async(), {}
        for i = 1, 5000 do futures[i] = a:get {id = i % 300 + 1} end
        local replies, errors = aluno.all(futures)
        assert(not errors and #replies == 5000)'
}

calls_that_nobody_waits_for_are_made() {
    with_students
    works 'calls that nobody waits for are made' run_lua '
        local c <close> = aluno.connect {}
        for i = 1, 50 do c:async():update {id = i, age = 99} end
        collectgarbage()
        for i = 1, 50 do c:async():update {id = i, age = 98} end
        local last = c:async():get {id = 300}
        while c:statistics().in_progress > 0 do last:done() end
        assert(c:list({query = "age=98"}).total_size >= 50)'
}

misuse_raises() {
    works 'misuse raises' run_lua '
        local c <close> = aluno.connect {}
        local function raises(words, f, ...)
            local fine, problem = pcall(f, ...)
            assert(not fine and problem:find(words, 1, true), problem)
        end
        raises("#1 to \x27?\x27 (aluno.client expected, got no value)", c:async().create)
        raises("#2 to \x27?\x27 (table expected, got number)", c:async().create, c:async(), 5)
        raises("option \x27timeout\x27 must be from 0.001 to", c:async().get, c:async(), {id = 1}, {timeout = -1})
        local f = c:async():get {id = 1}
        raises("#2 to \x27?\x27 (number expected, got string)", f.wait, f, "soon")
        raises("#2 to \x27?\x27 (must be from 0.001 to 86400 seconds)", f.wait, f, -1)
        raises("#2 to \x27?\x27 (must be from 0.001 to 86400 seconds)", c.ready, c, 86401)
        raises("#2 to \x27?\x27 (the contract has no method \x27Fly\x27)", c.call, c, "Fly", {})
        raises("#2 to \x27?\x27 (table expected, got no value)", c.get, c)
        raises("#2 to \x27?\x27 (table expected, got nil)", c.update, c, nil, {timeout = 1})
        raises("table expected, got number", c.get, c, {id = 1}, 5)
        raises("there is no option \x27timout\x27", c.get, c, {id = 1}, {timout = 5})
        raises("there is no option \x27number\x27", c.get, c, {id = 1}, {5})
        raises("option \x27timeout\x27 must be from 0.001 to", c.get, c, {id = 1}, {timeout = 86401})
        raises("option \x27request_id\x27 must be a string, not a number", c.get, c, {id = 1}, {request_id = 7})
        assert(c:health(nil, {timeout = 86400}).status == "SERVING")'
}

a_future_that_has_ended_stays_so() {
    works 'a future that has ended stays so' run_lua '
        local c = aluno.connect()
        assert(tostring(c) == "aluno client (open)")
        local f = c:async():get {id = 999999}
        local reply, err = f:wait()
        f:cancel()
        assert(f:done() and f:request_id() == nil and tostring(f) == "aluno future (NOT_FOUND)")
        assert(select(2, f:wait()).reason == err.reason and err.reason == "STUDENT_NOT_FOUND")
        c:close()
        c:close()
        assert(tostring(c) == "aluno client (closed)")
        assert(f:done() and select(2, f:wait(0.001)).reason == "STUDENT_NOT_FOUND")
        local fine, problem = pcall(c.ready, c)
        assert(not fine and problem:find "the client is closed")'
}

a_list_has_an_end() {
    works 'a list longer than its bound is refused before it is sent' run_lua '
        local c <close> = aluno.connect {}
        local students = {}
        for i = 1, 101 do students[i] = {name = "Ana"} end
        local reply, err = c:call("aluno.v1.StudentService/BatchCreateStudents", {students = students})
        assert(not reply and err.violations[1].field == "students" and err.violations[1].reason == "LIST_TOO_LONG")
        assert(err.violations[1].message:find "101")
        assert(c:statistics().attempts == 0)'
}

a_client_that_closes_ends_its_futures() {
    works 'a client that closes ends its futures' run_lua '
        local c = aluno.connect {}
        assert(c:ready())
        local f = c:async():list {}
        c:close()
        local reply, err = f:wait()
        assert(reply or err.reason == "CLIENT_CLOSED")
        assert(f:done())
        local fine, problem = pcall(c.list, c)
        assert(not fine and problem:find "the client is closed")'
}

cat >"$work/dead.lua" <<'LUA'
local c <close> = aluno.connect {timeout = 600}
local a = c:async()
assert(c:health())
print "ready"
io.stdout:flush()
io.read()
local f = a:create {name = "Bia", age = 17, br_document = "935.411.347-80", email = "bia@exemplo.com"}
local id = f:request_id()
assert(#id == 36)
local reply, err = f:wait(0.05)
assert(not reply and err.reason == "DEADLINE_PASSED" and not f:done())
f:cancel()
reply, err = f:wait()
assert(not reply and err.reason == "CALL_CANCELLED" and err.request_id == id and f:done())
reply, err = a:get({id = 1}, {timeout = 0.05}):wait()
assert(not reply and err.code == "DEADLINE_EXCEEDED")
print "given up"
io.stdout:flush()
io.read()
assert(c:get {id = 1})
local state
repeat state = assert(c:operation {request_id = id}).state until state ~= "IN_PROGRESS"
assert(state == (c:get {br_document = "93541134780"} and "COMMITTED" or "NOT_SEEN"), state)
LUA

a_service_that_stands_still_is_given_up() {
    with_students
    mkfifo "$work/input"
    exec 8<>"$work/input"
    spawn "$ALUNO" "$work/dead.lua" <"$work/input" >"$work/output" 2>&1 8>&-
    script=$spawned
    await 'the script is connected' grep -q ready "$work/output"
    halt_service
    echo >&8
    await 'the script gives up' grep -q 'given up' "$work/output"
    kill -CONT "$service"
    echo >&8
    reap "$script"
    same 'a script whose service stood still' $? 0
    exec 8>&-
}

a_dead_link_never_raises() {
    works 'a dead link never raises' run_lua '
        local c <close> = aluno.connect {}
        local replies, errors = aluno.all {c:async():get {id = 1}, c:async():list()}
        assert(#replies == 0 and errors[1].code == "UNAVAILABLE" and errors[2].reason == "CONNECTION_REFUSED")'
}

# A script need not wait: its end does.
changes_are_made_before_the_end() {
    empty_service
    echo 'local a = aluno.connect {}:async()
        for i = 1, 50 do a:create {name = "Rui", age = 9, cpf = aluno.cpf.generate(1000 + i), email = "rui@exemplo.com"} end' \
        >"$work/forgetful.lua"
    works 'a script that waits for nothing' "$ALUNO" "$work/forgetful.lua"
    same 'all are made' "$("$ALUNO" --formato ndjson listar | wc -l)" 50
    fails 1 'they fail' "$ALUNO" "$work/forgetful.lua"
    says 'aluno: 50 mudanças que ninguém esperou não foram feitas; a última: ALREADY_EXISTS'
    fails 1 'close raises' run_lua 'local c <close> = aluno.connect {}
        c:async():create {name = "Rui", age = 9, cpf = aluno.cpf.generate(1001), email = "rui@exemplo.com"}'
    says '1 mudança que ninguém esperou não foi feita: ALREADY_EXISTS'
    works 'waited for, they are nobody else'"'"'s' run_lua 'local c <close> = aluno.connect {}
        c:async():create({name = "Rui", age = 9, cpf = aluno.cpf.generate(1001), email = "rui@exemplo.com"}):wait()'
}

replies_are_read_in_both_languages() {
    with_students
    works 'replies' run_lua '
        local c <close> = aluno.connect {strict = true}
        local s = c:get {id = 1}
        assert(s.nome == s.name and s.cpf == s.br_document and s.delete_time == nil and s.removido_em == nil)
        local fine, problem = pcall(function() return s.nmoe end)
        assert(not fine and problem:find "Student não tem o campo .nmoe.; talvez: name, nome")
        assert(tostring(s):find "^Student {id = 1, name = ")
        local page, count = c:list {page_size = 5}, 0
        for student in c:list {page_size = 5} do
            count = count + 1
            assert(student.id == page[count].id)
        end
        assert(count == 5 and #page == 5)
        for i, student in ipairs(page) do assert(student == page.alunos[i]) end
        local _, err = aluno.connect {}:get {id = 999999}
        assert(("erro: " .. err):find "^erro: Não há um aluno assim")'
    works 'upsert' run_lua '
        local c <close> = aluno.connect {}
        local values = {nome = "Zoé Sá", idade = 9, cpf = "390.533.447-05", email = "zoe@exemplo.com"}
        local student, what = c:upsert(values)
        assert(what == "created" and student.name == "Zoé Sá")
        assert(select(2, c:upsert(values)) == "same")
        values.idade = 10
        student, what = c:strict():upsert(values)
        assert(what == "updated" and student.age == 10)
        values.nome = ""
        student, what = c:upsert(values)
        assert(not student and what.reason == "FIELDS_INVALID")
        c:delete {id = select(1, c:list {query = "zoe"})[1].id}'
    works 'a look at what has ended' run_lua '
        local future = aluno.connect {}:async():health()
        while not future:wait(0) do end
        assert(future:done() and future:wait(0).status == "SERVING")'
    fails 1 'aluno.all of no list' run_lua 'aluno.all(aluno.connect {}:async():health(), 1)'
    says 'aluno.all takes a list of futures'
    fails 1 'aluno.all of replies' run_lua 'aluno.all {aluno.connect {}:health()}'
    says 'list[1] must be a future'
}

make_certificates
start_service
run changes_are_made_before_the_end replies_are_read_in_both_languages many_calls_at_once calls_are_observed_as_they_were_sent errors_have_their_places \
    a_future_is_done_by_itself more_calls_than_may_be_pending calls_that_nobody_waits_for_are_made misuse_raises \
    a_future_that_has_ended_stays_so a_list_has_an_end a_client_that_closes_ends_its_futures a_service_that_stands_still_is_given_up
stop_service
run a_dead_link_never_raises
finish
