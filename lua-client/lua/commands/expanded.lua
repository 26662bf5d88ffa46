-- \x: a sheet for each student, in place of a table.
local grid = require "client.grid"
local language = require "client.language"
local options = require "aluno.options"

local text = language.of {
    pt = {
        [true] = "Listas são uma ficha para cada aluno",
        [false] = "Listas são tabelas",
        auto = "Listas são tabelas, ou fichas onde a tabela não cabe",
        wrong = "\\x é sim, não ou auto, e não '%s'",
    },
    en = {
        [true] = "Lists are a sheet for each student",
        [false] = "Lists are tables",
        auto = "Lists are tables, or sheets where the table does not fit",
        wrong = "\\x is yes, no or auto, and not '%s'",
    },
}

return {
    verb = {en = "\\x", pt = "\\x"},
    {name = "choice", value = {en = "yes|no|auto", pt = "sim|não|auto"}, optional = true},
    doc = {en = "lists as sheets; alone, changes between both", pt = "listas como fichas; sozinho, troca"},
    group = "session",
    run = function(arguments, io)
        local choice = arguments.choice
        local chosen = not grid.expanded
        if choice then chosen = language.yes_or_no(choice) end
        if choice and options.plain(choice) == "auto" then chosen = "auto" end
        if chosen == nil then return nil, text.wrong:format(choice) end
        grid.expanded = chosen
        if chosen == "auto" then grid.expanded = nil end
        io.say(text[chosen])
        return 0
    end,
}
