-- The file that a command writes for its user. Another file of that name stays, unless --sobrescrever replaces it.
local later = require "aluno.later"
local core = require "core"
local encrypted = later "client.encrypted"
local errors = require "client.errors"
local language = require "client.language"
local replacement = later "client.replacement"

local new_file = {}

local text = language.of {
    pt = {
        exists = "o arquivo %s já existe",
        remedy = "escolha outro nome, ou substitua-o com --sobrescrever",
    },
    en = {
        exists = "the file %s exists already",
        remedy = "choose another name, or replace it with --overwrite",
    },
}

--- The flag of such a command.
new_file.flag = {
    name = "overwrite", name_pt = "sobrescrever", kind = "bool",
    help = {en = "Replace a file that has the name", pt = "Substituir um arquivo que tem o nome"},
}

function new_file.fail(problem)
    return core.fail("FILE_UNUSABLE", problem)
end

--- Opens the file of that path; with options.recipient, to be encrypted -> as replacement.open's | nil, error
function new_file.open(path, options)
    if core.host.is_regular_file(path) and not options.overwrite then
        return nil, errors.new("FILE_UNUSABLE", text.exists:format(path), text.remedy)
    end
    if options.recipient then return encrypted.open(path, options.recipient) end
    local file, problem = replacement.open(path)
    if not file then return new_file.fail(problem) end
    return file
end

--- Writes a file of that path, whole or not at all -> true | nil, error
function new_file.write(path, content, options)
    local file <close>, err = new_file.open(path, options)
    if not file then return nil, err end
    local fine, problem = file:write(content)
    if fine then fine, problem = file:commit() end
    if not fine then return new_file.fail(problem) end
    return true
end

return new_file
