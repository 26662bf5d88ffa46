-- ajuda: what commands there are, or what one of them takes, in the words of the contract and of commands/.
local commands = require "aluno.commands"
local flags = require "aluno.flags"
local language = require "aluno.language"

local text = language.of {
    pt = {
        unknown = "não há o comando %s (veja: ajuda)",
        required = "obrigatório",
        rest = "Um comando sozinho pergunta o que precisa; com --campo valor, executa. O resto é Lua.",
    },
    en = {
        unknown = "there is no command %s (see: help)",
        required = "required",
        rest = "A command alone asks for what it needs; with --field value it runs. Anything else is Lua.",
    },
}

local function about(field, required)
    local label = field.label[language.name]
    if field.rule and field.rule ~= "any" then label = label .. ": " .. field.rule_text[language.name] end
    return required and label .. " (" .. text.required .. ")" or label
end

local function one(command, io)
    local usage = command.verb[language.name]
    if command.arguments then usage = usage .. " " .. command.arguments[language.name] end
    io.data(usage .. ": " .. command.doc[language.name])
    local fields, required = flags.fields(command)
    for _, field in ipairs(fields) do
        io.data(("  --%-16s %s"):format(language.field(field), about(field, required[field.name])))
    end
end

local function every(io)
    for _, command in ipairs(commands.all()) do
        local words = {command.verb.pt, command.verb.en}
        if words[1] == words[2] then words[2] = nil end
        table.move(command.also or {}, 1, #(command.also or {}), #words + 1, words)
        io.data(("  %-22s %s"):format(table.concat(words, ", "), command.doc[language.name]))
    end
    io.data(text.rest)
end

return {
    verb = {en = "help", pt = "ajuda"},
    arguments = {en = "[COMMAND]", pt = "[COMANDO]"},
    doc = {en = "shows the commands, or the fields of one", pt = "mostra os comandos, ou os campos de um"},
    run = function(arguments, io)
        if not arguments[1] then
            every(io)
            return 0
        end
        local command = commands.find(arguments[1])
        if not command then
            io.say(text.unknown:format(arguments[1]))
            return 2
        end
        one(command, io)
        return 0
    end,
}
