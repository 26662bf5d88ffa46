-- The table of commands: the contract's methods, and the files of commands/. The REPL, one-shot commands and scripts
-- use it. A file of commands/ returns a declaration (aluno/options.lua), or a list of them, with
--
--   verb       {en = "explain", pt = "explicar"}, in place of the name; also: further words for it
--   doc        one line, for help
--   group      "students", "files", "session", "service" or "scripts": where help lists it
--   run        function(arguments, io) … return exit_code end; and true, when the REPL must end; or nil and the problem
--              of the arguments
--   is_without_settings   whether the user's settings need not be right
--   call       function(…) … return value end, or nil, err: for scripts
--
-- verb, doc, group and run are required. `io` is one of console.lua. A file's command wins over the method of its
-- name, which it may call.
local aluno = require "aluno"
local changes = require "client.changes"
local language = require "client.language"
local lists = require "aluno.lists"
local nearest = require "aluno.nearest"
local options = require "aluno.options"
local output = require "client.output"
local request = require "client.request"
local synonyms = require "client.synonyms"

local commands = {}

local text = language.of {
    pt = {see_help = "%s (veja: ajuda %s)", no_list = "%s é para scripts: no prompt e no shell, use importar"},
    en = {see_help = "%s (see: help %s)", no_list = "%s is for scripts: at the prompt and in the shell, use import"},
}

--- The groups, in the order of help.
commands.groups = {"students", "files", "session", "service", "scripts"}

local all, load_files

--- Sets the function that returns the commands of commands/.
function commands.set_files(load)
    all, load_files = nil, load
end

-- ---- methods as commands ----

--- Adds the fields of a message, then those of its nested ones if it lacks the name. Fields that the service sets, and
--- lists, have no flag.
local function add_fields(flags, message, is_partial, seen)
    for _, field in ipairs(message.fields) do
        if not field.type and field.presence ~= "output" and not seen[field.name] then
            seen[field.name] = true
            flags[#flags + 1] = setmetatable({
                required = field.presence == "required" and not is_partial,
                key = field.presence == "key",
                either = field.presence == "either" and not is_partial,
                expected = field.presence == "expected" and not is_partial,
            }, {__index = field})
        end
    end
    for _, field in ipairs(message.fields) do
        if field.kind == "message" then
            add_fields(flags, aluno.schema.messages[field.type], field.presence == "partial", seen)
        end
    end
end

local function is_required_list(field)
    return field.kind == "list" and field.presence == "required"
end

local function of_method(method)
    local flags, message = {}, aluno.schema.messages[method.request]
    add_fields(flags, message, false, {})
    local command, more_flags = request.operands(method)
    command.verb, command.doc, command.method = method.verb, method.doc, method
    command.group = method.name:find "StudentService/" and "students" or "service"
    command.flags = lists.join(lists.join(flags, more_flags), output.flags)
    command.lenient = true
    command.is_for_scripts = #lists.map(message.fields, is_required_list) > 0
    return command
end

-- ---- looking up ----

--- The words of a command, of one language or of both.
local function words_of(command, name)
    return lists.join(name and {command.verb[name]} or {command.verb.pt, command.verb.en}, command.also or {})
end

--- The further words of a command.
function commands.synonyms(command)
    return synonyms[command.verb.en] or {}
end

local function find(list, word)
    word = options.plain(word)
    for _, command in ipairs(list) do
        for _, own in ipairs(lists.join(words_of(command), commands.synonyms(command))) do
            if own == word then return command end
        end
    end
end

--- Every command: the methods in the contract's order, then the others by their words. Of a method, `method` is its row.
function commands.all()
    if all then return all end
    local files = load_files()
    table.sort(files, function(a, b) return a.verb[language.name] < b.verb[language.name] end)
    all = {}
    for _, method in ipairs(aluno.schema.methods) do
        if not find(files, method.verb.en) then all[#all + 1] = of_method(method) end
    end
    all = lists.join(all, files)
    for _, command in ipairs(all) do
        command.name = command.verb[language.name]
    end
    return all
end

--- The command that a word names, in either language, any case, with or without accents; nil when it names none.
function commands.find(word)
    return find(commands.all(), word)
end

--- Every word that begins a command, sorted; of one language, or of both.
function commands.words(name)
    local words = {}
    for _, command in ipairs(commands.all()) do
        if not command.is_for_scripts then
            for _, word in ipairs(words_of(command, name)) do
                words[word] = true
            end
        end
    end
    return lists.keys(words)
end

--- Returns the end of a sentence that refuses a word: similar commands.
function commands.suggestion(word)
    local known = commands.words(language.name)
    for _, command in ipairs(commands.all()) do
        known = lists.join(known, commands.synonyms(command))
    end
    return nearest.suggestion(options.plain(word), known)
end

-- ---- running ----

local help_words = {["--help"] = true, ["--ajuda"] = true, ["-h"] = true}

--- Returns whether the words ask for help about their command, rather than about what they pass on.
local function asks_help(command, words)
    for _, word in ipairs(words) do
        if help_words[word] then return true end
        if word == "--" or command.passes_on and not word:find "^%-" then return false end
    end
    return false
end

--- Runs a command with the words after its verb -> exit code, whether to end the REPL | nil, problem
function commands.run(command, words, io)
    if asks_help(command, words) then return commands.find("help").run({command = command.name}, io) end
    if command.is_for_scripts then return nil, text.no_list:format(command.name) end
    local arguments, problem = options.parse(command, words)
    if not arguments then return nil, text.see_help:format(problem, command.name) end
    if not command.method then return command.run(arguments, io) end
    local fine, code = request.complete(command.method, arguments, io)
    if not fine then return code end
    return io.call(command.method, arguments)
end

--- The API for scripts: aluno.commands.criar {nome = …}, aluno.commands.explicar "CPF_TAKEN".
aluno.commands = setmetatable({}, {__index = function(_, word)
    local command = type(word) == "string" and commands.find(word)
    if not command or command.call then return command and command.call end
    return command.method and function(fields)
        return changes.call(command.method, fields or {})
    end
end})

return commands
