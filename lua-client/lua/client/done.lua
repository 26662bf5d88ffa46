-- One sentence on the effect of a change.
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"

local done = {}

local text = language.of {
    pt = {
        CreateStudent = "Cadastrado: nº %d, %s",
        UpdateStudent = "Atualizado: nº %d, %s",
        DeleteStudent = "Removido: nº %d, %s",
        UndeleteStudent = "Restaurado: nº %d, %s",
        EraseStudent = "Eliminado: %d cadastro(s)",
    },
    en = {
        CreateStudent = "Registered: no. %d, %s",
        UpdateStudent = "Updated: no. %d, %s",
        DeleteStudent = "Removed: no. %d, %s",
        UndeleteStudent = "Restored: no. %d, %s",
        EraseStudent = "Erased: %d record(s)",
    },
}

--- Returns "idade: 16 → 17" for each field of a student that differs.
function done.differences(before, after)
    return lists.map(schema.student_fields, function(field)
        local old, new = before[field.name], after[field.name]
        return new ~= nil and old ~= new and
            ("%s: %s → %s"):format(language.field(field), grid.cell(field, old), grid.cell(field, new))
    end)
end

--- Returns the sentence about a change of that method, which was made; nil for any other call.
function done.sentence(method, reply)
    if method.short_name == "EraseStudent" then return text.EraseStudent:format(#reply.students) end
    local sentence = text[method.short_name]
    return sentence and sentence:format(reply.id, reply.name)
end

return done
