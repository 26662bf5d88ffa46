-- \formato: the format of the session's output from now on.
local language = require "client.language"
local output = require "client.output"

local text = language.of {
    pt = {current = "O formato é %s", usual = "O formato é o de costume: tabela no terminal, ndjson fora dele"},
    en = {current = "The format is %s", usual = "The format is the usual one: table on a terminal, ndjson elsewhere"},
}

return {
    verb = {en = "\\format", pt = "\\formato"},
    arguments = {en = "[NAME]", pt = "[NOME]"},
    doc = {en = "chooses the format of output; alone, the usual one", pt = "escolhe o formato; sozinho, o de costume"},
    run = function(arguments, io)
        if arguments[1] then
            local format, problem = output.format(arguments[1])
            if not format then
                io.say(problem)
                return 2
            end
        end
        output.chosen.format = arguments[1]
        io.say(arguments[1] and text.current:format(arguments[1]) or text.usual)
        return 0
    end,
}
