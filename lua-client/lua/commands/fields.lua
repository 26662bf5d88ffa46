-- \campos: the columns of students that the session shows from now on.
local language = require "client.language"
local output = require "client.output"

local text = language.of {
    pt = {current = "As colunas são %s", usual = "As colunas são as de costume"},
    en = {current = "The columns are %s", usual = "The columns are the usual ones"},
}

return {
    verb = {en = "\\fields", pt = "\\campos"},
    arguments = {en = "[A,B]", pt = "[A,B]"},
    doc = {en = "chooses the columns; alone, the usual ones", pt = "escolhe as colunas; sozinho, as de costume"},
    run = function(arguments, io)
        if arguments[1] then
            local columns, problem = output.student_columns(arguments[1])
            if not columns then
                io.say(problem)
                return 2
            end
        end
        output.chosen.fields = arguments[1]
        io.say(arguments[1] and text.current:format(arguments[1]) or text.usual)
        return 0
    end,
}
