#!/bin/sh
# The module `aluno` in a stock Lua interpreter, from the build tree and installed; and strict clients, against a real
# service.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# A program built without the sanitizer must load its library first.
sanitize=$(sed -n 's/^ALUNO_SANITIZE:STRING=\(..*\)/\1/p' "$ALUNO_BUILD/CMakeCache.txt")
runtime=
case $sanitize in
address*) runtime=$(cc -print-file-name=libasan.so) ;;
thread*) runtime=$(cc -print-file-name=libtsan.so) ;;
esac

run_stock() {
    env LUA_CPATH="$modules/?.so" ${runtime:+LD_PRELOAD="$runtime"} lua5.4 "$@"
}

a_stock_lua_loads_it() { # TITLE FOLDER
    modules=$2
    works "$1: the module loads" run_stock -e 'local aluno = require "aluno"
        assert(aluno.fold "João" == "joao" and aluno.cpf.check(aluno.cpf.generate(1)))
        assert(aluno.json.decode("[1]")[1] == 1 and not pcall(require, "aluno.terminal"))'
    works "$1: a call" run_stock -e 'local aluno = require "aluno"
        local c <close> = assert(aluno.connect {})
        print(c:health().status)'
    says SERVING
    works "$1: a program that ends without closing" run_stock -e 'c = require("aluno").connect {} print(c:health().status)'
    works "$1: a file" run_stock "$work/rows.lua" "$work/rows.csv"
    says 'João; 9'
    fails 2 "$1: its usage" run_stock "$work/rows.lua"
    says 'rows.lua: falta FILE'
    works "$1: its help" run_stock "$work/rows.lua" --help
    says 'uso: rows.lua FILE'
}

the_built_module_loads() {
    a_stock_lua_loads_it built "$ALUNO_BUILD/lua-client"
}

the_installed_module_loads() {
    works 'the module installs' cmake --install "$ALUNO_BUILD" --prefix "$work/prefix"
    a_stock_lua_loads_it installed "$work/prefix/lib/lua/5.4"
    same 'it exports its entry alone' \
        "$(nm -D --defined-only "$modules/aluno.so" | awk '{print $3}' | grep -v '^__')" luaopen_aluno
}

# ALUNO_* of the environment, where connect's table has nothing.
settings_come_from_the_environment() {
    modules=$ALUNO_BUILD/lua-client
    connect='local client, err = require("aluno").connect {}
        if not client then print(err.reason, err.detail) else print((client:health {})) client:close() end'
    for seconds in soon 0 86401 5s -1; do
        works "ALUNO_TIMEOUT=$seconds" env ALUNO_TIMEOUT="$seconds" LUA_CPATH="$modules/?.so" \
            ${runtime:+LD_PRELOAD="$runtime"} lua5.4 -e "$connect"
        same 'its error' "$(cat "$output")" 'OPTION_INVALID	ALUNO_TIMEOUT'
    done
    export ALUNO_TIMEOUT=30 ALUNO_TRACE=1
    works 'ALUNO_TRACE=1' run_stock -e "$connect"
    says 'trace: connection READY'
    says 'trace: Check attempt=1'
    export ALUNO_TRACE=0
    works 'ALUNO_TRACE=0' run_stock -e "$connect"
    fails 1 'traces nothing' grep -q trace "$output"
    unset ALUNO_TRACE
    works 'trace, where nothing listens' run_stock -e 'local client = require("aluno").connect {
        server = "tls+tcp://127.0.0.1:1", trace = true, timeout = 0.5}
        print(select(2, client:get {id = 1}).code)
        client:close()'
    says 'trace: connection TRANSIENT_FAILURE server=127.0.0.1:1 CONNECTION_REFUSED'
    says UNAVAILABLE
    unset ALUNO_TIMEOUT
}

strict_clients_raise() {
    works 'a strict client' run_lua 'local c <close> = aluno.connect {strict = true}
        local fine, err = pcall(c.get, c, {id = 999})
        assert(not fine and err.reason == "STUDENT_NOT_FOUND")
        assert(c:create {name = "Ana", age = 20, cpf = "11144477735", email = "a@b.co"}.name == "Ana")'
    works 'a strict view of a client' run_lua 'local c <close> = aluno.connect {}
        do
            local strict = c:strict()
            local fine, err = pcall(strict.get, strict, {id = 999})
            assert(not fine and err.reason == "STUDENT_NOT_FOUND")
            fine, err = pcall(strict.create, strict, {nmae = 1})
            assert(not fine and err.violations[1].reason == "FIELD_UNKNOWN")
        end
        collectgarbage()
        local none, err = c:get {id = 999}
        assert(not none and err.code == "NOT_FOUND")'
    works 'closing a view closes the client' run_lua 'local c = aluno.connect {}
        do local strict <close> = c:strict() end
        local fine, problem = pcall(c.health, c)
        assert(not fine and problem:find "closed")'
    fails 4 'exit by the class of an error' run_lua 'local c <close> = aluno.connect {}
        local none, err = c:get {id = 999}
        aluno.exit(err)'
    says 'Não há um aluno assim'
    fails 4 'an error that nobody catches' run_lua 'aluno.connect({strict = true}):get {id = 999}'
    says 'aluno: Não há um aluno assim'
}

cat >"$work/rows.lua" <<'END'
local aluno = require "aluno"
local args = aluno.args {{name = "file", help = "the file"}}
local reader <close> = assert(aluno.csv.open(args.file, {header = true}))
for _, row in reader:rows() do
    print(row.nome .. "; " .. row.idade)
end
END
printf 'nome;idade\r\nJo\343o;9\r\n' >"$work/rows.csv"

make_certificates
start_service
run the_built_module_loads the_installed_module_loads strict_clients_raise settings_come_from_the_environment
stop_service
finish
