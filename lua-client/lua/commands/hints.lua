-- \dicas: whether hints stand right of what is typed.
local hints = require "repl.hints"
local language = require "client.language"

local text = language.of {
    pt = {[true] = "Há dicas à direita do que se digita", [false] = "Não há mais dicas"},
    en = {[true] = "There are hints right of what is typed", [false] = "There are no more hints"},
}

return {
    verb = {en = "\\hints", pt = "\\dicas"},
    doc = {en = "shows hints right of the cursor, or no longer", pt = "mostra dicas à direita do cursor, ou deixa de mostrar"},
    group = "session",
    run = function(_, io)
        hints.is_on = not hints.is_on
        io.say(text[hints.is_on])
        return 0
    end,
}
