-- \formato: the format of the session's output from now on.
local language = require "client.language"
local output = require "client.output"

local text = language.of {
    pt = {current = "O formato é %s", usual = "O formato é o de costume: tabela no terminal, ndjson fora dele"},
    en = {current = "The format is %s", usual = "The format is the usual one: table on a terminal, ndjson elsewhere"},
}

return {
    verb = {en = "\\format", pt = "\\formato"},
    {name = "format", value = {en = "FORMAT", pt = "FORMATO"}, optional = true},
    doc = {en = "chooses the format of output; alone, the usual one", pt = "escolhe o formato; sozinho, o de costume"},
    group = "session",
    run = function(arguments, io)
        local chosen, problem = output.choose("format", arguments.format)
        if not chosen then return nil, problem end
        io.say(arguments.format and text.current:format(arguments.format) or text.usual)
        return 0
    end,
}
