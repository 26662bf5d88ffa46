-- \finalidade: what the data of the calls to come are for.
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local purpose = require "client.purpose"

local text = language.of {
    pt = {is = "A finalidade dos próximos comandos: %s", none = "Os comandos não têm finalidade (dê uma com \\finalidade TEXTO)"},
    en = {is = "The purpose of the commands to come: %s", none = "Commands have no purpose (give one by \\purpose TEXT)"},
}

return {
    verb = {en = "\\purpose", pt = "\\finalidade"},
    {name = "text", value = {en = "TEXT|-", pt = "TEXTO|-"}, many = true, optional = true},
    doc = {
        en = "shows or sets what the data are for, which the audit records; - for nothing",
        pt = "mostra ou define para que servem os dados, que a auditoria registra; - para nada",
    },
    group = "session",
    run = function(arguments, io)
        local typed = arguments.text and table.concat(arguments.text, " ")
        if typed and typed ~= "-" then
            local _, err = aluno.validate("RequestMetadata", {purpose = typed})
            if err then return errors.report(err, io.say) end
        end
        if typed then purpose.choose(typed ~= "-" and typed or "") end
        local chosen = purpose.chosen()
        io.say(chosen and text.is:format(chosen) or text.none)
        return 0
    end,
}
