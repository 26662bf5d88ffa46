-- The commands by the words that name them: the contract's methods, and the files of commands/. The REPL, one-shot
-- commands and scripts all look here. A file of commands/ returns
--
--   {
--       verb = {en = "explain", pt = "explicar"},
--       also = {"exit"},                            -- further words for it
--       arguments = {en = "REASON", pt = "RAZAO"},  -- what follows the verb: [X] may be left out, X... may repeat
--       doc = {en = "…", pt = "…"},                 -- one line, for help
--       passes_on = true,                           -- its flags end at the first word that is none, as a script's do
--       flags = {{name = "dry_run", name_pt = "ensaio", kind = "bool", label = {en = "…", pt = "…"}}, …},
--       run = function(arguments, io) … return exit_code end,  -- and true, when the REPL is to end
--       call = function(…) … return value end,                 -- or nil, err: what scripts call
--   }
--
-- verb, doc and run are always there. `arguments` holds the words by their place and the flags by their English name;
-- `io` is one of console.lua. What a command does by itself wins over the method of its name, which it may call.
local aluno = require "aluno"
local core = require "core"
local failures = require "client.errors"
local flags = require "client.flags"

local commands = {exit_code = failures.exit_code}

local function is_named(command, word)
    if command.verb.pt == word or command.verb.en == word then return true end
    for _, other in ipairs(command.also or {}) do
        if other == word then return true end
    end
    return false
end

local function find(list, word)
    for _, command in ipairs(list) do
        if is_named(command, word:lower()) then return command end
    end
end

local files

--- The commands of commands/, in the order of their files' names.
local function own()
    if files then return files end
    local modules = {}
    for _, module in ipairs(core.scripts) do
        if module:find "^commands%.[^.]+$" then modules[#modules + 1] = module end
    end
    table.sort(modules)
    files = {}
    for i, module in ipairs(modules) do
        files[i] = require(module)
    end
    return files
end

--- Every command: the methods in the contract's order, then the others. Of a method, `method` is its row.
function commands.all()
    local all = {}
    for _, method in ipairs(aluno.schema.methods) do
        if not find(own(), method.verb.en) then
            all[#all + 1] = {verb = method.verb, doc = method.doc, method = method}
        end
    end
    return table.move(own(), 1, #own(), #all + 1, all)
end

--- The command that a word names, in either language and any case; nil when it names none.
function commands.find(word)
    return find(commands.all(), word)
end

--- The method that a verb names in the same way.
function commands.method(word)
    return find(aluno.schema.methods, word)
end

--- Every word that begins a command, sorted; of one language, or of both.
function commands.words(name)
    local words, seen = {}, {}
    local function add(word)
        if not seen[word] then words[#words + 1] = word end
        seen[word] = true
    end
    for _, command in ipairs(commands.all()) do
        if name ~= "en" then add(command.verb.pt) end
        if name ~= "pt" then add(command.verb.en) end
        for _, word in ipairs(command.also or {}) do
            add(word)
        end
    end
    table.sort(words)
    return words
end

--- Runs a command with the words after its verb -> exit code, whether to leave | nil, problem
function commands.run(command, words, io)
    local arguments, problem = flags.parse(command, words)
    if not arguments then return nil, problem end
    if command.method then return io.call(command.method, arguments) end
    return command.run(arguments, io)
end

--- What scripts call: aluno.commands.criar {nome = …}, aluno.commands.explicar "CPF_TAKEN".
aluno.commands = setmetatable({}, {__index = function(_, word)
    local command = type(word) == "string" and commands.find(word)
    if not command or command.call then return command and command.call end
    return command.method and function(request)
        return require("client.changes").call(command.method, request or {})
    end
end})

return commands
