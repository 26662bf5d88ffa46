-- metodos: the methods of the contract.
local aluno = require "aluno"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"

local rows = {fields = output.row_fields "verb=verbo name=nome role=papel description=descricao"}

local function items()
    return lists.map(aluno.schema.methods, function(method)
        local verb, description = method.verb[language.name], method.doc[language.name]
        return {verb = verb, name = method.name, role = method.role, description = description}
    end)
end

return {
    verb = {en = "methods", pt = "metodos"},
    doc = {en = "lists the service's methods", pt = "lista os métodos do serviço"},
    group = "service",
    flags = output.flags,
    call = function() return aluno.schema.methods end,
    run = function(arguments, io)
        if output.is_asked(arguments) then return output.show(rows, items(), arguments) end
        for _, method in ipairs(aluno.schema.methods) do
            io.data(("%-13s %-44s %s"):format(method.verb[language.name], method.name, method.role))
        end
        return 0
    end,
}
