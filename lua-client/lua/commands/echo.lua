-- \eco: whether the lines of what was sent and received are whole.
local echo = require "client.echo"
local language = require "client.language"
local options = require "aluno.options"

local text = language.of {
    pt = {
        whole = "As linhas do que foi enviado e recebido aparecem completas",
        short = "As linhas do que foi enviado e recebido são cortadas no fim da linha do terminal",
        wrong = "\\eco é completo ou curto, não '%s'",
    },
    en = {
        whole = "The lines of what was sent and received are whole",
        short = "The lines of what was sent and received are cut at the end of the terminal's line",
        wrong = "\\echo is whole or short, not '%s'",
    },
}

local choices = {completo = true, completa = true, whole = true, curto = false, curta = false, short = false}

return {
    verb = {en = "\\echo", pt = "\\eco"},
    {name = "length", value = {en = "whole|short", pt = "completo|curto"}, optional = true},
    doc = {
        en = "shows what is sent and received in full, or on one line",
        pt = "mostra o que foi enviado e recebido por completo, ou em uma linha",
    },
    group = "session",
    run = function(arguments, io)
        local chosen = false
        if arguments.length then chosen = choices[options.plain(arguments.length)] end
        if chosen == nil then return nil, text.wrong:format(arguments.length) end
        echo.whole = chosen
        io.say(chosen and text.whole or text.short)
        return 0
    end,
}
