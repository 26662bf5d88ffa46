-- \timing: how long each command takes.
local language = require "client.language"
local timing = require "client.timing"

local text = language.of {
    pt = {[true] = "Cada comando diz quanto demorou", [false] = "Os comandos não dizem mais quanto demoraram"},
    en = {[true] = "Each command says how long it took", [false] = "Commands no longer say how long they took"},
}

return {
    verb = {en = "\\timing", pt = "\\timing"},
    also = {"\\tempo"},
    doc = {en = "says how long commands take, or no longer", pt = "diz quanto os comandos demoram, ou deixa de dizer"},
    group = "session",
    run = function(_, io)
        timing.is_on = not timing.is_on
        io.say(text[timing.is_on])
        return 0
    end,
}
