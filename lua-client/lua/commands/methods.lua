-- metodos: the methods of the contract.
local aluno = require "aluno"
local language = require "aluno.language"

return {
    verb = {en = "methods", pt = "metodos"},
    doc = {en = "lists the service's methods", pt = "lista os métodos do serviço"},
    call = function() return aluno.schema.methods end,
    run = function(_, io)
        for _, method in ipairs(aluno.schema.methods) do
            io.data(("%-10s %-42s %s"):format(method.verb[language.name], method.name, method.role))
        end
        return 0
    end,
}
