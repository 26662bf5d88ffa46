#!/bin/sh
# Watches of the Lua client: c:watch in scripts, acompanhar at the prompt and in pipes. The SDK's watch under
# faults is tested by test_watch.c.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

seen=$work/seen
input=$work/input
mkfifo "$input"

has_lines() { # COUNT FILE
    [ "$(wc -l <"$2")" -ge "$1" ]
}

lacks() {
    ! grep -qF -e "$1" "$output" || not_ok "$title: says: $1"
}

create() { # NAME AGE CPF
    works "$1" "$ALUNO" --formato json criar --nome "$1" --idade "$2" --cpf "$3" --email aluno@exemplo.com
    last_id=$(value id <"$output")
}

token_of_list() {
    run_lua 'io.write(aluno.connect {strict = true}:list({query = arg[1]}).watch_token)' "$@"
}

kinds() {
    grep -o '"kind": "[A-Z]*"' "$1" | sed 's/.*: //; s/"//g' | tr '\n' ' '
}

cat >"$work/mirror.lua" <<'LUA'
-- Lists all students page by page and goes on with the changes, while others write: prints them as it has them in the end.
local c <close> = aluno.connect {strict = true}
local names = {}
local page = c:list {page_size = 1}
local token = page.watch_token
while true do
    for student in page do names[student.id] = student.name end
    if not page.next_page_token then break end
    io.write "page\n"
    io.flush()
    io.read()
    page = c:list {page_size = 1, page_token = page.next_page_token}
end
for change in c:acompanhar {depois_de = token, espera_ms = 0} do
    names[change.id] = change.aluno and change.aluno.nome
    token = change.token
end
for _ in c:watch {after = token, wait_ms = 0} do error "a change has come twice" end
local ids = {}
for id in pairs(names) do ids[#ids + 1] = id end
table.sort(ids)
for _, id in ipairs(ids) do print(id, names[id]) end
LUA

# A student who is on a page that was read changes, one who is on a page to come is removed, and one is added.
list_then_watch_misses_nothing() {
    empty_service
    create Ana 20 52998224725
    create Bia 21 11144477735
    exec 8<>"$input"
    spawn "$ALUNO" "$work/mirror.lua" <"$input" >"$seen" 2>&1 8>&-
    mirror=$spawned
    await 'the first page is read' has_lines 1 "$seen"
    works 'a change behind' "$ALUNO" atualizar --id 1 --nome 'Ana Lima'
    works 'a removal ahead' "$ALUNO" deletar --id 2
    create Caio 10 93541134780
    echo >&8
    await 'and the last' has_lines 2 "$seen"
    works 'a removal behind' "$ALUNO" deletar --id 1
    works 'and back' "$ALUNO" restaurar --id 1
    echo >&8
    reap "$mirror"
    exec 8>&-
    same 'the script' $? 0
    same 'the students as they are' "$(grep -v page "$seen")" "$(printf '1\tAna Lima\n%s\tCaio' "$last_id")"
}

# Each line is there while the watch goes on, over a restart of the service too.
a_pipe_has_each_change_at_once() {
    empty_service
    spawn "$ALUNO" acompanhar --quantos 5 >"$seen" 2>"$work/said"
    watcher=$spawned
    await 'it watches' grep -q Acompanhando "$work/said"
    create Ana 20 52998224725
    await 'the first change' has_lines 1 "$seen"
    works 'a change' "$ALUNO" atualizar --id 1 --idade 21
    await 'is there' has_lines 2 "$seen"
    kill_service
    await 'it says that the connection is lost' grep -q '^Sem conexão' "$work/said"
    start_service
    await 'and that it is back' grep -q '^Conectado outra vez' "$work/said"
    works 'a removal' "$ALUNO" deletar --id 1
    await 'is there' has_lines 3 "$seen"
    works 'restored' "$ALUNO" restaurar --id 1
    as ana "$ALUNO" --lang en purge --id 1 >"$work/asked" 2>&1
    create Bia 21 11144477735
    reap "$watcher"
    same 'ends after so many' $? 0
    same 'a line each' "$(kinds "$seen")" 'CREATED UPDATED REMOVED RESTORED CREATED '
    same 'each with its token' "$(grep -c '"token": "[^"]' "$seen")" 5
    works 'and the student' grep -qF '"name": "Ana", "age": 21, "br_document": "52998224725"' "$seen"
}

from_a_token() {
    empty_service
    begin=$(token_of_list)
    create Ana 20 52998224725
    create Bia 21 11144477735
    works 'for people' "$ALUNO" --formato tabela acompanhar --apos "$begin" --espera-ms 0
    says '  criado          1  Ana  20  529.982.247-25  aluno@exemplo.com'
    says '  criado          2  Bia'
    works 'in English' "$ALUNO" --lang en --format table watch --after "$begin" --count 1
    says '  created         1  Ana'
    lacks Bia
    works 'a search' "$ALUNO" acompanhar --apos "$(token_of_list bia)" --busca bia --espera-ms 0
    works 'for a reader' as leo "$ALUNO" --formato tabela acompanhar --apos "$begin" --espera-ms 0
    says '***.982.247-**'
    lacks 529
    works 'as CSV' "$ALUNO" acompanhar --apos "$begin" --espera-ms 0 --formato csv
    says 'lugar,token,tipo,id,hora,etag,aluno'
    works 'a time that passes' "$ALUNO" acompanhar --tempo-max 0.05
    works 'none comes in so long' "$ALUNO" acompanhar --espera-ms 20
}

bad_input() {
    token=$(token_of_list ana)
    fails 3 'a token of nobody' "$ALUNO" acompanhar --apos nothing
    says 'o token não foi dado por um serviço'
    fails 3 'another query' "$ALUNO" acompanhar --apos "$token" --busca bia
    says 'o token é de um acompanhamento com outra busca'
    fails 3 'a negative wait' "$ALUNO" acompanhar --espera-ms -1
    says 'o número está fora do intervalo'
    fails 3 'a search that is none' "$ALUNO" acompanhar 'idade>=x'
    fails 6 'removed students, for a reader' as leo "$ALUNO" acompanhar --removidos
    fails 2 'no changes' "$ALUNO" acompanhar --quantos 0
    says '--quantos é de 1 em diante, não 0'
    fails 2 'no time' "$ALUNO" acompanhar --tempo-max 0
    says '--tempo-max é de 0.001 a 86400 segundos'
    fails 2 'no format' "$ALUNO" acompanhar --formato ods
    fails 3 'in a script' run_lua 'for _ in aluno.connect {}:watch {after = "nothing"} do end'
    says 'o token não foi dado por um serviço'
    fails 3 'and a negative wait' run_lua 'for _ in aluno.connect {}:watch {wait_ms = -1} do end'
    fails 1 'misuse' run_lua 'aluno.connect {}:watch {stop = true}'
    says '(-e):1: client:watch sets watch_id and stop itself'
    fails 7 'no service' env ALUNO_SERVER=tls+tcp://127.0.0.1:1 "$ALUNO" acompanhar
}

# A token is of one search, so the line repeats the search.
people_are_told_how_to_go_on() {
    empty_service
    token=$(token_of_list 'ana lima')
    create 'Ana Lima' 20 52998224725
    # shellcheck disable=SC2016 # for expect
    echo 'spawn -noecho $env(ALUNO) {*}$argv; expect eof' >"$work/terminal.exp"
    works 'at a terminal' timeout -k 5 60 expect -f "$work/terminal.exp" acompanhar --apos "$token" \
        --busca 'ana lima' --espera-ms 0
    line=$(tr -d '\r' <"$output" | sed -n 's/^Para continuar daqui: //p')
    same 'it ends with the search' "${line#*--busca }" "'ana lima'"
    eval "works 'the line goes on' \"\$ALUNO\" $line --espera-ms 0"
    lacks CREATED
}

cat >"$work/loop.lua" <<'LUA'
local c <close> = aluno.connect {}
local closed <close> = setmetatable({}, {__close = function() print "closed" end})
local function follow()
    for change in c:watch {} do print(change.kind) end
end
print "ready"
io.flush()
if arg[1] == "coroutine" then coroutine.wrap(follow)() else follow() end
print "not reached"
LUA

waits_at_the_service() {
    as ana "$ALUNO" metricas | grep -qE '"aluno_watches", "value": 1[,}]'
}

ctrl_c_ends_it() {
    for where in main coroutine; do
        spawn "$ALUNO" "$work/loop.lua" "$where" >"$seen" 2>&1
        script=$spawned
        await 'it waits at the service' waits_at_the_service
        kill -INT "$script"
        reap "$script"
        same "Ctrl-C ends a script $where" $? 130
        same 'its variables are closed' "$(tr '\n' ' ' <"$seen")" 'ready closed '
    done
    fails 7 'a time limit' "$ALUNO" --tempo-max 0.2 "$work/loop.lua"
    says closed
    lacks reached
    spawn "$ALUNO" acompanhar >"$seen" 2>&1
    watcher=$spawned
    await 'it waits at the service' waits_at_the_service
    kill -INT "$watcher"
    reap "$watcher"
    same 'Ctrl-C ends the command' $? 130
}

# The call that waited at the service is ended too: the prompt goes on with the same connection.
the_prompt_goes_on() {
    exec 8<>"$input"
    spawn "$ALUNO" --continuar <"$input" >"$seen" 2>&1 8>&-
    prompt=$spawned
    echo acompanhar >&8
    await 'it waits at the service' waits_at_the_service
    create Davi 20 12345678909
    await 'a change is there' grep -q '"kind": "CREATED"' "$seen"
    kill -INT "$prompt"
    await 'Ctrl-C ends it' grep -q Interrompido "$seen"
    fails 1 'nothing waits any more' waits_at_the_service
    echo saude >&8
    await 'the next command' grep -q SERVING "$seen"
    echo sair >&8
    reap "$prompt"
    same 'the code of what was interrupted' $? 130
    exec 8>&-
}

a_client_that_closes_ends_its_watches() {
    works 'while the loop runs' run_lua '
        local c = aluno.connect {strict = true}
        local following = coroutine.wrap(function() for change in c:watch {wait_ms = 10} do coroutine.yield(change) end end)
        assert(following() == nil)
        local next_change, _, _, watch = c:watch {}
        c:close()
        local fine, problem = pcall(next_change)
        assert(not fine and problem:find "the client is closed", problem)
        local closing <close> = watch'
}

command -v expect >/dev/null || give_up 'expect is not installed: apt-get install expect'
make_certificates
start_service
run list_then_watch_misses_nothing a_pipe_has_each_change_at_once from_a_token bad_input people_are_told_how_to_go_on ctrl_c_ends_it the_prompt_goes_on \
    a_client_that_closes_ends_its_watches
stop_service
finish
