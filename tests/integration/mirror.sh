#!/bin/sh
# examples/c/mirror.c: a mirror that is killed again and again while others write has worked on each change exactly once.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

mirror=$ALUNO_BUILD/examples/example-mirror
copy=$work/mirror.db

# A number from the mirror's file.
in_copy() {
    "$ALUNO_BUILD/tests/integration/sqlite_number" "$copy" "$1"
}

has_worked_on() {
    [ "$(in_copy 'SELECT count(*) FROM journal')" -ge "$1" ]
}

has_copied() {
    [ "$(in_copy 'SELECT count(*) FROM watch')" = 1 ]
}

writes() { # FIRST LAST
    # shellcheck disable=SC2016 # it is Lua
    run_lua 'local c = assert(aluno.connect {})
        for i = math.tointeger(arg[1]), math.tointeger(arg[2]) do
            local s = assert(c:create {name = "Aluno " .. string.char(65 + i % 26), age = i % 90, email = "x" .. i .. "@example.com",
                br_document = aluno.cpf.generate(810000 + i)})
            if i % 5 == 0 then assert(c:update {id = s.id, student = {age = s.age + 1}}) end
            if i % 10 == 0 then assert(c:delete {id = s.id}) end
        end' "$@"
}

# The mirror has the students that the service lists, as they are.
is_whole() {
    # shellcheck disable=SC2016 # it is Lua
    listed=$(run_lua 'local count, sum = 0, 0
        for s in assert(aluno.connect {}):each {} do count, sum = count + 1, sum + s.id * 1000 + s.age end
        print(count, sum)')
    same "$1" "$(in_copy 'SELECT count(*) FROM student')	$(in_copy 'SELECT sum(id * 1000 + age) FROM student')" "$listed"
}

each_change_is_worked_on_once() {
    works 'some students before' writes 1 20
    spawn "$mirror" "$copy"
    mirroring=$spawned
    await 'the mirror has copied all' has_copied
    works 'more of them' writes 21 40
    for round in 1 2 3; do
        await 'it works' has_worked_on $((round * 10))
        kill -KILL "$mirroring"
        reap "$mirroring"
        works 'others write meanwhile' writes $((round * 20 + 21)) $((round * 20 + 40))
        spawn "$mirror" "$copy"
        mirroring=$spawned
    done
    kill_service
    start_service
    works 'after a kill of the service' writes 101 110
    kill -KILL "$mirroring"
    reap "$mirroring"
    works 'what is left' "$mirror" "$copy" 2000
    is_whole 'in the end'
    # 20 creations, 4 updates and 2 removals for each 20 students
    same 'changes worked on, each once' "$(in_copy 'SELECT count(*) FROM journal')" $((90 + 18 + 9))
    same 'none left out' "$(in_copy 'SELECT max(place) - min(place) + 1 - count(*) FROM journal')" 0
}

is_locked() {
    grep -qs locked "$work/lock"
}

has_opened_or_ended() {
    ! [ -e "/proc/$mirroring/exe" ] || readlink "/proc/$mirroring/fd/"* | grep -qxF "$copy"
}

# As when a reader undoes what a killed mirror left.
a_locked_file_is_waited_for() {
    spawn "$ALUNO_BUILD/tests/integration/sqlite_lock" "$copy" >"$work/lock"
    locking=$spawned
    await 'its file is locked' is_locked
    spawn "$mirror" "$copy" 100
    mirroring=$spawned
    await 'the mirror has opened it' has_opened_or_ended
    kill -KILL "$locking"
    reap "$locking"
    reap "$mirroring"
    same 'the mirror waited' "$reaped" 0
}

a_mirror_that_is_too_old_begins_anew() {
    stop_service
    rm -rf "$db"*
    start_service
    works 'others, in another database' writes 1 7
    works 'the mirror begins anew' "$mirror" "$copy" 500
    is_whole 'of the other database'
    works 'places come that the former one had given' writes 8 40
    works 'the mirror goes on' "$mirror" "$copy" 500
    is_whole 'with them'
}

make_certificates
start_service
run each_change_is_worked_on_once a_locked_file_is_waited_for a_mirror_that_is_too_old_begins_anew
stop_service
finish
