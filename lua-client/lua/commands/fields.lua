-- \campos: the columns of students that the session shows from now on.
local language = require "client.language"
local output = require "client.output"

local text = language.of {
    pt = {current = "As colunas são %s", usual = "As colunas são as de costume"},
    en = {current = "The columns are %s", usual = "The columns are the usual ones"},
}

return {
    verb = {en = "\\fields", pt = "\\campos"},
    {name = "columns", value = "A,B", optional = true},
    doc = {en = "chooses the columns; alone, the usual ones", pt = "escolhe as colunas; sozinho, as de costume"},
    group = "session",
    run = function(arguments, io)
        local chosen, problem = output.choose("fields", arguments.columns)
        if not chosen then return nil, problem end
        io.say(arguments.columns and text.current:format(arguments.columns) or text.usual)
        return 0
    end,
}
