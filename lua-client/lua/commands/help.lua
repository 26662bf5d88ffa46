-- ajuda: what commands there are, or what one of them takes, in the words of the contract and of commands/.
local commands = require "commands"
local help = require "client.help"
local language = require "client.language"

local text = language.of {
    pt = {
        unknown = "não há o comando %s (veja: ajuda)",
        rest = "Um comando sozinho pergunta o que precisa; com --campo valor, executa. O resto é Lua.",
    },
    en = {
        unknown = "there is no command %s (see: help)",
        rest = "A command alone asks for what it needs; with --field value it runs. Anything else is Lua.",
    },
}

local function one(command, io)
    for _, line in ipairs(help.lines(command)) do
        io.data(line)
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
