-- \\timing, \\x and \\dicas: what is on or off for the session. Alone, each changes to the other.
local grid = require "client.grid"
local hints = require "repl.hints"
local language = require "client.language"
local options = require "aluno.options"
local timing = require "client.timing"

local wrong = language.of {pt = "%s é %s, e não '%s'", en = "%s is %s, and not '%s'"}

--- `of[key]` is what is on; where there is a text for "auto", nil means that.
local switches = {
    {
        verb = {en = "\\timing", pt = "\\timing"}, also = {"\\tempo"}, of = timing, key = "is_on",
        doc = {en = "says how long commands take, or no longer", pt = "diz quanto os comandos demoram, ou deixa de dizer"},
        said = language.of {
            pt = {[true] = "Cada comando diz quanto demorou", [false] = "Os comandos não dizem mais quanto demoraram"},
            en = {[true] = "Each command says how long it took", [false] = "Commands no longer say how long they took"},
        },
    },
    {
        verb = {en = "\\hints", pt = "\\dicas"}, of = hints, key = "is_on",
        doc = {
            en = "shows hints right of the cursor, or no longer", pt = "mostra dicas à direita do cursor, ou deixa de mostrar",
        },
        said = language.of {
            pt = {[true] = "Há dicas à direita do que se digita", [false] = "Não há mais dicas"},
            en = {[true] = "There are hints right of what is typed", [false] = "There are no more hints"},
        },
    },
    {
        verb = {en = "\\x", pt = "\\x"}, of = grid, key = "expanded",
        doc = {en = "lists as sheets; alone, changes between both", pt = "listas como fichas; sozinho, troca"},
        said = language.of {
            pt = {
                [true] = "Listas são uma ficha para cada aluno", [false] = "Listas são tabelas",
                auto = "Listas são tabelas, ou fichas onde a tabela não cabe",
            },
            en = {
                [true] = "Lists are a sheet for each student", [false] = "Lists are tables",
                auto = "Lists are tables, or sheets where the table does not fit",
            },
        },
    },
}

--- The value that a word chooses: true, false or "auto"; nil for none of these.
local function chosen_by(switch, word)
    if switch.said.auto and options.plain(word) == "auto" then return "auto" end
    return language.yes_or_no(word)
end

local function command_of(switch)
    local choices = switch.said.auto and {en = "yes|no|auto", pt = "sim|não|auto"} or {en = "yes|no", pt = "sim|não"}
    return {
        verb = switch.verb, also = switch.also, doc = switch.doc, group = "session",
        {name = "choice", value = choices, optional = true},
        run = function(arguments, io)
            local chosen = not switch.of[switch.key]
            if arguments.choice then chosen = chosen_by(switch, arguments.choice) end
            if chosen == nil then
                return nil, wrong:format(switch.verb[language.name], choices[language.name], arguments.choice)
            end
            switch.of[switch.key] = chosen
            if chosen == "auto" then switch.of[switch.key] = nil end
            io.say(switch.said[chosen])
            return 0
        end,
    }
end

local declarations = {}
for i, switch in ipairs(switches) do declarations[i] = command_of(switch) end
return declarations
