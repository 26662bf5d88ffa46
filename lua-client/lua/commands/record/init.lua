-- \gravar: the session becomes a script, from here on.
local console = require "client.console"
local language = require "client.language"
local recorder = require "commands.record.recorder"

local text = language.of {
    pt = {
        begun = "Gravando em %s; os dados pessoais ficam em %s. Para terminar: \\gravar",
        ended = "Gravação terminada: %s (chamadas: %d)",
        none = "Nada está sendo gravado. Para começar: \\gravar sessao.lua",
        failed = "Não dá para gravar: %s",
        elsewhere = "\\gravar é para o prompt",
    },
    en = {
        begun = "Recording into %s; personal data goes to %s. To end it: \\record",
        ended = "The recording has ended: %s (calls: %d)",
        none = "Nothing is being recorded. To begin: \\record session.lua",
        failed = "It cannot be recorded: %s",
        elsewhere = "\\record is for the prompt",
    },
}

local function start(path, io)
    local data, problem = recorder.start(path)
    io.say(data and text.begun:format(path, data) or text.failed:format(problem))
    return data and 0 or 2
end

local function stop(io)
    local path, calls = recorder.stop()
    io.say(path and text.ended:format(path, calls) or text.none)
    return path and 0 or 2
end

return {
    verb = {en = "\\record", pt = "\\gravar"},
    arguments = {en = "[FILE.lua]", pt = "[ARQUIVO.lua]"},
    doc = {
        en = "records the session as a script; alone, ends the recording",
        pt = "grava a sessão como um script; sozinho, termina a gravação",
    },
    run = function(arguments, io)
        if io == console.once then
            io.say(text.elsewhere)
            return 2
        end
        if arguments[1] then return start(arguments[1], io) end
        return stop(io)
    end,
}
