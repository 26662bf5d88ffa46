-- The program `aluno`: its command line starts the REPL, a script or a command.
local commands = require "commands"
local core = require "core"
local grid = require "client.grid"
local language = require "client.language"
local options = require "aluno.options"
local output = require "client.output"
local program = require "program"

local text = language.of {
    pt = {
        see_help = "aluno: %s (veja: aluno --help)\n",
        for_scripts = "%s é para scripts",
        neither = "'%s' não é um comando nem um arquivo%s",
        range = "%s: %s, não '%s'",
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
        range = "%s: %s, not '%s'",
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

-- ---- the flags ----

local file, seconds = {pt = "ARQUIVO", en = "FILE"}, {pt = "SEGUNDOS", en = "SECONDS"}

--- Flags with an `environment` set that variable, which aluno.connect reads.
local flags = {
    {name = "server", environment = "ALUNO_SERVER", value = {pt = "ENDEREÇO", en = "ADDRESS"},
        help = {pt = "o serviço (tls+tcp://127.0.0.1:3000)", en = "the service (tls+tcp://127.0.0.1:3000)"}},
    {name = "ca", environment = "ALUNO_CA", value = file,
        help = {pt = "o certificado da CA, PEM", en = "the CA's certificate, PEM"}},
    {name = "cert", environment = "ALUNO_CERT", value = file,
        help = {pt = "o seu certificado, PEM", en = "your certificate, PEM"}},
    {name = "key", environment = "ALUNO_KEY", value = file,
        help = {pt = "a chave dele, PEM", en = "its private key, PEM"}},
    {name = "crl", environment = "ALUNO_CRL", value = file,
        help = {pt = "a lista de revogação da CA, PEM", en = "the CA's revocation list, PEM"}},
    {name = "tls-name", environment = "ALUNO_TLS_NAME", value = {pt = "NOME", en = "NAME"}, help = {
        pt = "o nome no certificado do serviço (o do servidor)",
        en = "the name in the service's certificate (the server's host)"}},
    {name = "timeout", environment = "ALUNO_TIMEOUT", value = seconds,
        help = {pt = "prazo de uma chamada (5)", en = "deadline of a call (5)"}},
    {name = "lang", environment = "ALUNO_LANG", value = "pt|en",
        help = {pt = "idioma dos formulários e mensagens (pt)", en = "language of forms and messages (pt)"}},
    {name = "format", name_pt = "formato", value = {pt = "FORMATO", en = "FORMAT"},
        help = {pt = "tabela, json, ndjson, csv ou lua", en = "table, json, ndjson, csv or lua"}},
    {name = "fields", name_pt = "campos", value = {pt = "COLUNAS", en = "COLUMNS"},
        help = {pt = "as colunas a mostrar: nome,idade", en = "the columns to show: name,age"}},
    {name = "keep-going", name_pt = "continuar", kind = "bool", help = {
        pt = "comandos de um pipe seguem depois de um erro",
        en = "commands from a pipe go on after an error"}},
    {name = "restricted", name_pt = "restrito", kind = "bool", help = {
        pt = "o script fica sem arquivos, processos e código nativo",
        en = "the script has no files, processes or native code"}},
    {name = "max-time", name_pt = "tempo-max", value = seconds, help = {
        pt = "encerra o script que passa desse tempo, com código de saída 7",
        en = "ends a script that runs for longer, with exit code 7"}},
    {name = "trace", name_pt = "rastrear", kind = "bool", help = {
        pt = "mostra cada tentativa de cada chamada em stderr (ou ALUNO_TRACE=1)",
        en = "shows each attempt of each call on stderr (or ALUNO_TRACE=1)"}},
    {name = "help", kind = "bool"},
    {name = "version", kind = "bool"},
}

local declaration = {name = "aluno", flags = flags, passes_on = true, repeats = true}

--- A flag as it was typed, without its value.
local function as_typed(name, words)
    for _, word in ipairs(words) do
        local flag = options.find(declaration, word)
        if flag and flag.name == name then return word:match "^[^=]+" end
    end
end

local function refuse(problem, ...)
    io.stderr:write(text.see_help:format(problem:format(...)))
    return core.exit.usage
end

--- Returns the value of --lang, which chooses the language of errors about other flags; nil when it is not given.
local function given_language(words)
    local at, given = 1, nil
    while words[at] and words[at]:find "^%-%-." do
        local value, flag = words[at]:match "=(.*)$", options.find(declaration, words[at])
        if flag and flag.name == "lang" then given = value or words[at + 1] end
        at = at + ((value or not flag or flag.kind == "bool") and 1 or 2)
    end
    return given
end

local duration = core.probe.timeout

--- Validates the settings, from flags and environment, and --max-time -> nil | exit code
local function check_settings(given, words)
    local lang, timeout = os.getenv "ALUNO_LANG" or "", os.getenv "ALUNO_TIMEOUT" or ""
    if lang ~= "" and lang ~= "pt" and lang ~= "en" then
        return refuse(text.range, "--lang, ALUNO_LANG", "pt | en", lang)
    elseif timeout ~= "" and not duration(timeout) then
        return refuse(text.range, "--timeout, ALUNO_TIMEOUT", "0.001-86400 s", timeout)
    elseif given.max_time and not duration(given.max_time) then
        return refuse(text.range, as_typed("max-time", words), "0.001-86400 s", given.max_time)
    end
end

local function write_environment(given)
    for _, flag in ipairs(flags) do
        local value = given[options.key(flag)]
        if flag.environment and value then program.setenv(flag.environment, value) end
    end
    if given.trace then program.setenv("ALUNO_TRACE", "1") end
end

-- ---- help ----

local function print_options()
    print()
    for _, flag in ipairs(flags) do
        local value = type(flag.value) == "table" and flag.value[language.name] or flag.value or ""
        if flag.help then
            print(("  %s %s %-15s %s"):format(grid.pad(options.written(flag), 13), grid.pad(value, 9), flag.environment or "",
                flag.help[language.name]))
        end
    end
    print "  -h, --help    -V, --version"
end

local function print_help()
    io.write(text.usage)
    local code = require("client.oneshot").run({}, "help")
    print_options()
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
    if given.max_time then program.set_time_limit(duration(given.max_time), text.too_long) end
    return nil, chunk, table.unpack(words)
end

-- ---- the program ----

--- Runs the words after the flags: none, code, a script or a command. `typed`: the whole command line.
local function run(given, words, typed)
    local word = words[1]
    if word == "-e" then return prepare(given, words) end
    local is_script = word == "-" or word and (core.host.is_regular_file(word) ~= nil or word:find "%.lua$")
    local is_guarded = given.restricted or given.max_time
    if is_guarded and not is_script then
        return refuse(text.for_scripts, as_typed(given.restricted and "restricted" or "max-time", typed))
    end
    if not word then return require("repl").run(given) end
    if is_guarded or word == "-" then return prepare(given, words) end
    local code = require("client.oneshot").run(given, table.unpack(words))
    if code then return code end
    if is_script then return prepare(given, words) end
    if word:find "^%-" then return refuse("%s", options.unknown(word, flags)) end
    return refuse(text.neither, word, commands.suggestion(word))
end

--- Runs the program -> exit code | nil, a script's chunk, its arguments | false: it must run again, in --lang's language
return function(...)
    local words = {...}
    local lang = given_language(words)
    if lang and lang ~= os.getenv "ALUNO_LANG" then
        program.setenv("ALUNO_LANG", lang)
        return false
    end
    local given, problem = options.parse(declaration, words)
    if not given then return refuse("%s", problem) end
    write_environment(given)
    local wrong = check_settings(given, words)
    if wrong then return wrong end
    output.chosen = {format = given.format, fields = given.fields}
    if given.version or given[1] == "-V" then
        print(("aluno %s (libaluno %s, %s)"):format(core.version, core.version, program.lua_release))
        return 0
    end
    if given.help or given[1] == "-h" then return print_help() end
    return run(given, table.move(given, 1, #given, 1, {}), words)
end
