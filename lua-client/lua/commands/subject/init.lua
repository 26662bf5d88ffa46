-- titular: the rights of the person whom the data are about. In place of the method ExportSubject, which it calls.
local later = require "aluno.later"
local erase = later "commands.subject.erase"
local export = later "commands.subject.export"
local language = require "client.language"
local new_file = require "client.new_file"
local options = require "aluno.options"
local schema = require "client.schema"

local text = language.of {
    pt = {
        what = "titular aceita exportar ou eliminar, não '%s'",
        other = "%s não é para titular %s",
    },
    en = {
        what = "subject takes export or erase, not '%s'",
        other = "%s is not for subject %s",
    },
}

local flags = {
    {name = "output", name_pt = "saida", value = {en = "FILE", pt = "ARQUIVO"}, help = {
        en = "export: write this file: .json is the data, .html a sheet to read",
        pt = "exportar: gravar este arquivo: .json são os dados, .html uma folha para ler",
    }},
    new_file.flag,
    {name = "reason", name_pt = "motivo", help = {
        en = "erase: the reason, which is kept; no personal data in it",
        pt = "eliminar: o motivo, que fica guardado; sem dados pessoais",
    }},
    {name = "confirmation", name_pt = "confirmacao", help = {
        en = "erase: what the first step printed", pt = "eliminar: o que o primeiro passo escreveu",
    }},
}

--- The function of each action, and the flags that it refuses: those of the other action.
local exporting = {run = export, refused = {"reason", "confirmation"}}
local erasing = {run = erase, refused = {"output", "overwrite"}}
local actions = {export = exporting, exportar = exporting, erase = erasing, eliminar = erasing}

local function check_flags(action, arguments)
    for _, flag in ipairs(flags) do
        for _, name in ipairs(action.refused) do
            if flag.name == name and arguments[name] then
                return nil, text.other:format(options.written(flag), arguments.what)
            end
        end
    end
    return true
end

return {
    verb = schema.method("ExportSubject").verb,
    {name = "what", value = {en = "export|erase", pt = "exportar|eliminar"}},
    {name = "br_document", name_pt = "cpf", value = {en = "CPF", pt = "CPF"}},
    doc = {en = "a person's rights: what is held on them and who had it; or erases it for good",
        pt = "direitos do titular: o que há guardado e quem acessou; ou elimina para sempre"},
    group = "students",
    flags = flags,
    run = function(arguments, io)
        local action = actions[options.plain(arguments.what)]
        if not action then return nil, text.what:format(arguments.what) end
        local fine, problem = check_flags(action, arguments)
        if not fine then return nil, problem end
        return action.run(arguments, io)
    end,
}
