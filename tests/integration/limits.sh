#!/bin/sh
# Limits of scripts: --restricted removes access to files, processes and native code, --max-time bounds the run.
. "$(dirname "$0")/../lib/assert.sh"

unset ALUNO_LANG
export ALUNO_LANG=en

restricted_scripts_reach_nothing() {
    for name in io debug package dofile loadfile os.execute os.remove os.rename os.tmpname os.getenv os.setlocale \
        string.dump aluno.csv.open aluno.csv.create aluno.commands; do
        works "without $name" "$ALUNO" --restricted -e "assert(not pcall(function() assert($name) end))"
    done
    works 'what is left' "$ALUNO" --restricted -e 'for _, name in ipairs {"print", "pcall", "load", "require", "string",
        "table", "math", "utf8", "coroutine", "arg", "aluno"} do assert(_G[name], name) end
        assert(os.time() and os.date() and aluno.connect and aluno.csv.reader "a" and require "aluno" == aluno)
        assert(load "return 1"() == 1 and load("return x", "x", "t", {x = 2})() == 2)
        aluno.log.info("told", {cpf = aluno.cpf.generate(1)})'
    says 'event=told'
    fails 1 'no other module' "$ALUNO" --restricted -e 'require "aluno.terminal"'
    says "a restricted script cannot require 'aluno.terminal'"
    fails 1 'no file by way of the module' "$ALUNO" --restricted -e 'aluno.csv.reader(io.stdin)'
    says "attempt to index a nil value (global 'io')"
    fails 1 'nor by its name' "$ALUNO" --restricted -e 'aluno.csv.open "/etc/hostname"'
    says 'a restricted script has no aluno.csv.open'
    "$ALUNO" -e 'io.stdout:write(string.dump(function() print "ran" end))' >"$work/bytes.lua"
    works 'bytecode runs otherwise' "$ALUNO" "$work/bytes.lua"
    works 'nor a new one' "$ALUNO" --restricted -e 'assert(not aluno.host)'
    fails 1 'no bytecode from a file' "$ALUNO" --restrito "$work/bytes.lua"
    says "attempt to load a binary chunk (mode is 't')"
    # shellcheck disable=SC2016 # the inner shell expands it
    fails 1 'nor from stdin' sh -c '"$0" --restricted - <"$1"' "$ALUNO" "$work/bytes.lua"
    says "attempt to load a binary chunk (mode is 't')"
    works 'nor from text' "$ALUNO" --restricted -e 'assert(not load("\27Lua", "x", "b"))'
    fails 3 'an exit code of its own' "$ALUNO" --restricted -e 'aluno.exit(3)'
    same 'without a word' "$(cat "$output")" ''
    fails 2 'no REPL' "$ALUNO" --restricted
    says '--restricted is for scripts'
    fails 2 'no command' "$ALUNO" --max-time 5 listar
    says '--max-time is for scripts'
}

# All globals of a restricted script: an addition fails this test.
a_restricted_script_has_this_alone() {
    works 'its globals' "$ALUNO" --restricted -e 'local names = {}
        for name in pairs(_G) do names[#names + 1] = name end
        for _, library in ipairs {"aluno", "os", "string"} do
            for name in pairs(_G[library]) do names[#names + 1] = library .. "." .. name end
        end
        for name in pairs(aluno.csv) do names[#names + 1] = "aluno.csv." .. name end
        table.sort(names)
        print(table.concat(names, "\n"))'
    cp "$output" "$work/names"
    works 'are listed here' diff "$work/names" - <<'END'
_G
_VERSION
aluno
aluno.all
aluno.args
aluno.connect
aluno.cpf
aluno.csv
aluno.csv.reader
aluno.csv.writer
aluno.exit
aluno.exit_code
aluno.fold
aluno.is_error
aluno.json
aluno.language
aluno.log
aluno.message_json
aluno.progress
aluno.request_json
aluno.schema
aluno.sleep
aluno.test
aluno.uuid
aluno.validate
aluno.version
arg
assert
collectgarbage
coroutine
error
getmetatable
ipairs
load
math
next
os
os.clock
os.date
os.difftime
os.exit
os.time
pairs
pcall
print
rawequal
rawget
rawlen
rawset
require
select
setmetatable
string
string.byte
string.char
string.find
string.format
string.gmatch
string.gsub
string.len
string.lower
string.match
string.pack
string.packsize
string.rep
string.reverse
string.sub
string.unpack
string.upper
table
tonumber
tostring
type
utf8
warn
xpcall
END
}

scripts_end_in_time() {
    works 'a script in time' "$ALUNO" --max-time 60 -e 'print(1)'
    fails 7 'a loop' "$ALUNO" --max-time 0.2 -e 'local c <close> = setmetatable({}, {__close = function()
        print "closed" end}) while true do end'
    says 'closed'
    says 'aluno: the script ran for longer than --max-time allows'
    same 'says that alone' "$(wc -l <"$output")" 2
    fails 7 'endless calls' "$ALUNO" --tempo-max 0.2 -e 'local function f() return f() end f()'
    says 'aluno: the script ran for longer than --max-time allows'
    fails 7 'errors caught' "$ALUNO" --max-time 0.2 -e 'while true do pcall(function() while true do end end) end'
    says 'longer than --max-time'
    fails 7 'a coroutine' "$ALUNO" --max-time 0.2 -e 'coroutine.wrap(function() while true do end end)()'
    says 'aluno: the script ran for longer than --max-time allows'
    fails 7 'both limits' "$ALUNO" --restricted --max-time 0.2 -e 'while true do end'
    says 'aluno: the script ran for longer than --max-time allows'
    mkfifo "$work/silent"
    # shellcheck disable=SC2016 # the inner shell expands it
    fails 7 'a script that waits for its input' \
        sh -c 'exec 3<>"$1"; exec "$0" --max-time 0.2 -e "while true do io.read() end" <&3' "$ALUNO" "$work/silent"
    says 'aluno: the script ran for longer than --max-time allows'
    fails 2 'no time' "$ALUNO" --max-time soon -e 'print(1)'
    says "--max-time: 0.001-86400 s, not 'soon'"
}

run restricted_scripts_reach_nothing a_restricted_script_has_this_alone scripts_end_in_time
finish
