-- ajuda: the commands by groups, or the arguments of one of them, from the contract and commands/.
local commands = require "client.commands"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"

local text = language.of {
    pt = {
        groups = {
            students = "alunos", files = "arquivos", session = "sessão (os que começam por \\ só no prompt)",
            service = "serviço", scripts = "scripts",
        },
        unknown = "não há o comando %s",
        remedy = "veja: ajuda",
        example = "exemplo: ",
        rest = "Um comando sozinho pergunta o que precisa; com --campo valor, executa. O resto é Lua.",
    },
    en = {
        groups = {
            students = "students", files = "files", session = "session (those that begin with \\ at the prompt alone)",
            service = "service", scripts = "scripts",
        },
        unknown = "there is no command %s",
        remedy = "see: help",
        example = "example: ",
        rest = "A command alone asks for what it needs; with --field value it runs. Anything else is Lua.",
    },
}

--- Values for the examples, by the English names of fields; the CPF is the one that the tax office's guides show.
local samples = {
    name = language.of {pt = '"Ana Souza"', en = '"Ann Sousa"'},
    age = "16",
    br_document = "529.982.247-25",
    email = language.of {pt = "ana@exemplo.com", en = "ann@example.com"},
    id = "1",
    query = language.of {pt = '"joao idade>=18"', en = '"joao age>=18"'},
    order_by = language.of {pt = "nome", en = "name"},
    request_id = "123e4567-e89b-12d3-a456-426614174000",
}

--- Returns an example of a call: all required flags, else one key and one option, with the CPF as the key | nil when
--- there are no flags
local function example(command)
    local line, key, option, is_needed = {command.name}, nil, nil, false
    for _, flag in ipairs(command.flags) do
        local sample = samples[flag.name] and options.written(flag) .. " " .. samples[flag.name]
        if sample and flag.required then
            line[#line + 1], is_needed = sample, true
        elseif sample and flag.key then
            key = flag.rule ~= "any" and sample or key
        elseif sample then
            option = option or sample
        end
    end
    if key then line[#line + 1] = key end
    if option and not is_needed then line[#line + 1] = option end
    return #line > 1 and table.concat(line, " ") or nil
end

local function one(command, io)
    for _, line in ipairs(options.help(command)) do
        io.data(line)
    end
    local shown = command.method and example(command)
    if shown then io.data("  " .. text.example .. shown) end
end

--- The words of a command: "criar, create".
local function words_of(command)
    local words = {command.verb.pt, command.verb.en ~= command.verb.pt and command.verb.en or nil}
    return table.concat(lists.join(words, command.also or {}), ", ")
end

local function every(io)
    for _, group in ipairs(commands.groups) do
        io.data(text.groups[group] .. ":")
        for _, command in ipairs(commands.all()) do
            if command.group == group and not command.is_for_scripts then
                io.data(("  %-22s %s"):format(words_of(command), command.doc[language.name]))
            end
        end
    end
    io.data(text.rest)
end

return {
    verb = {en = "help", pt = "ajuda"},
    {name = "command", value = {en = "COMMAND", pt = "COMANDO"}, optional = true},
    doc = {en = "shows the commands, or the fields of one", pt = "mostra os comandos, ou os campos de um"},
    group = "session",
    run = function(arguments, io)
        if not arguments.command then
            every(io)
            return 0
        end
        local command = commands.find(arguments.command)
        if not command then
            local names = commands.words(language.name)
            return errors.report(errors.unknown(text.unknown, arguments.command, names, text.remedy), io.say)
        end
        one(command, io)
        return 0
    end,
}
