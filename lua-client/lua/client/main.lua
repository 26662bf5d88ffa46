-- The program `aluno`: its command line starts the REPL, a script or a command.
local commands = require "commands"
local core = require "core"
local flags = require "client.flags"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local output = require "client.output"
local profile = require "client.profile"
local program = require "program"

require "client.trace" -- for what is raised in scripts: see explain in program/main.c

local text = language.of {
    pt = {
        see_help = "aluno: %s (veja: aluno --help)\n",
        for_scripts = "%s é para scripts",
        neither = "'%s' não é um comando nem um arquivo%s",
        too_long = "aluno: o script passou do tempo de --tempo-max\n",
        usage = [[
aluno [opções]                        pede comandos (REPL)
aluno [...] script.lua [ARGUMENTO]... executa um script
aluno [...] - [ARGUMENTO]...          executa o script da entrada
aluno [...] -e CÓDIGO [ARGUMENTO]...  executa uma linha de Lua
aluno [...] comando [--campo valor ...]:
]],
    },
    en = {
        see_help = "aluno: %s (see: aluno --help)\n",
        for_scripts = "%s is for scripts",
        neither = "'%s' is neither a command nor a file%s",
        too_long = "aluno: the script ran for longer than --max-time allows\n",
        usage = [[
aluno [options]                       asks for commands (REPL)
aluno [...] script.lua [ARGUMENT]...  runs a script
aluno [...] - [ARGUMENT]...           runs the script on stdin
aluno [...] -e CODE [ARGUMENT]...     runs a line of Lua
aluno [...] command [--field value ...]:
]],
    },
}

-- ---- the settings ----

local function refuse(problem, ...)
    io.stderr:write(text.see_help:format(problem:format(...)))
    return core.exit.usage
end

--- Checks the values of flags and of the environment -> nil | exit code
local function check_settings(given, words)
    for _, flag in ipairs(flags.declaration.flags) do
        local value = flag.environment and os.getenv(flag.environment) or given[options.key(flag)]
        if flag.form and value and value ~= "" and not flag.accepts(value) then
            local shown = flag.environment and options.written(flag) .. ", " .. flag.environment
            return refuse("%s", flags.range(shown or flags.as_typed(flag.name, words), flag, value))
        end
    end
end

--- Whether the language is another than the one that the program speaks.
local function is_other_language()
    local lang = os.getenv "ALUNO_LANG"
    return (lang == "pt" or lang == "en") and lang ~= language.name
end

local function write_environment(given)
    for _, flag in ipairs(flags.declaration.flags) do
        local value = given[options.key(flag)]
        if flag.environment and value then program.setenv(flag.environment, value) end
    end
    if given.trace then program.setenv("ALUNO_TRACE", "1") end
end

-- ---- help ----

--- The program's help, or that of the command after it.
local function print_help(word)
    local help = require("client.oneshot").run
    if word and commands.find(word) then return help({}, "help", word) end
    io.write(text.usage)
    local code = help({}, "help")
    print()
    flags.print()
    return code
end

-- ---- scripts ----

--- Prepares the script that the first words name to be called with the others -> nil, chunk, words… | exit code. "-" is
--- stdin. No bytecode if restricted: crafted, it can break out of Lua.
local function prepare(given, words)
    local name = table.remove(words, 1)
    local chunk, problem
    if name == "-e" then
        if not words[1] then return refuse("%s", options.no_value "-e") end
        chunk, problem = load(table.remove(words, 1), "=(-e)", "t")
    else
        chunk, problem = loadfile(name ~= "-" and name or nil, given.restricted and "t" or nil)
    end
    if not chunk then
        io.stderr:write("aluno: ", problem, "\n")
        return 1
    end
    _G.arg = table.move(words, 1, #words, 1, {[0] = name})
    if given.restricted then require("client.restricted").run() end
    if given.max_time then program.set_time_limit(core.probe.timeout(given.max_time), text.too_long) end
    return nil, chunk, table.unpack(words)
end

-- ---- the program ----

--- Divides the command line: the program's own flags, before a command or after it; the other words
local function divide(typed)
    local own, words = options.divide(flags.declaration, typed)
    if words[1] == "--" then table.remove(words, 1) end
    local command = words[1] and not words[1]:find "^%-" and commands.find(words[1])
    if not command then return own, words end
    local after, others = options.divide(flags.declaration, table.move(words, 2, #words, 1, {}), command)
    return lists.join(own, after), lists.join({words[1]}, others)
end

--- Whether what the words ask for uses the settings: a command that makes or completes them does not.
local function needs_settings(words)
    local command = words[1] and commands.find(words[1])
    return not (command and command.is_without_settings)
end

--- Runs the words: none, code, a script or a command. `own`: the program's flags, as typed.
local function run(given, words, own)
    local word = words[1]
    if word == "-e" then return prepare(given, words) end
    local is_script = word == "-" or word and (core.host.is_regular_file(word) ~= nil or word:find "%.lua$")
    local is_guarded = given.restricted or given.max_time
    if is_guarded and not is_script then
        return refuse(text.for_scripts, flags.as_typed(given.restricted and "restricted" or "max-time", own))
    end
    if not word then return require("repl").run(given) end
    if is_guarded or word == "-" then return prepare(given, words) end
    local code = require("client.oneshot").run(given, table.unpack(words))
    if code then return code end
    if is_script then return prepare(given, words) end
    if word:find "^%-" then return refuse("%s", options.unknown(word, flags.declaration.flags)) end
    return refuse(text.neither, word, commands.suggestion(word))
end

--- Runs the program -> exit code | nil, a script's chunk, its arguments | false: it must run again, in --lang's language
return function(...)
    local own, words = divide {...}
    local lang = flags.language(own)
    if lang then program.setenv("ALUNO_LANG", lang) end
    if is_other_language() then return false end
    local given, problem = options.parse(flags.declaration, own)
    if not given then return refuse("%s", problem) end
    write_environment(given)
    local wrong = check_settings(given, own)
    if wrong then return wrong end
    if given.version or words[1] == "-V" then
        print(("aluno %s (libaluno %s, %s)"):format(core.version, core.version, program.lua_release))
        return 0
    end
    if given.help or words[1] == "-h" then return print_help(words[1]) end
    if needs_settings(words) then
        local used
        used, problem = profile.use(given)
        if not used then return refuse("%s", problem) end
    end
    if is_other_language() then return false end
    output.chosen = {format = given.format, fields = given.fields}
    return run(given, words, own)
end
