-- \o: what commands show goes to a file, until \o alone.
local errors = require "client.errors"
local language = require "client.language"
local pager = require "client.pager"

local text = language.of {
    pt = {to_file = "O que os comandos mostram vai para %s; \\o sozinho termina", to_screen = "De volta à tela"},
    en = {to_file = "What commands show goes to %s; \\o alone ends that", to_screen = "Back to the screen"},
}

return {
    verb = {en = "\\output", pt = "\\o"},
    also = {"\\saida"},
    {name = "file", value = {en = "FILE", pt = "ARQUIVO"}, optional = true},
    doc = {
        en = "writes what commands show to a file; alone, to the screen again",
        pt = "grava em um arquivo o que os comandos mostram; sozinho, volta à tela",
    },
    group = "session",
    run = function(arguments, io)
        local name, problem = arguments.file, pager.to_file(arguments.file)
        if problem then return errors.report(errors.new("FILE_UNUSABLE", problem), io.say) end
        io.say(name and text.to_file:format(name) or text.to_screen)
        return 0
    end,
}
