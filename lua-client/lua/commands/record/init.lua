-- \gravar: records the session as a script.
local later = require "aluno.later"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local recorder = later "commands.record.recorder"

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
    io.say(data and text.begun:format(path, data) or text.failed:format(errors.in_words(problem)))
    return data and 0 or core.exit.usage
end

local function stop(io)
    local path, calls = recorder.stop()
    io.say(path and text.ended:format(path, calls) or text.none)
    return path and 0 or core.exit.usage
end

return {
    verb = {en = "\\record", pt = "\\gravar"},
    {name = "file", value = {en = "FILE.lua", pt = "ARQUIVO.lua"}, optional = true},
    doc = {
        en = "records the session as a script; alone, ends the recording",
        pt = "grava a sessão como um script; sozinho, termina a gravação",
    },
    group = "session",
    run = function(arguments, io)
        if not io.read then return nil, text.elsewhere end
        if arguments.file then return start(arguments.file, io) end
        return stop(io)
    end,
}
