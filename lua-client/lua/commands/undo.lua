-- desfazer: the session's last change, unless the student has changed since.
local aluno = require "aluno"
local changes = require "client.changes"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"

local text = language.of {
    pt = {
        CreateStudent = "Desfeito: o aluno %d, que foi criado, está removido",
        UndeleteStudent = "Desfeito: o aluno %d, que foi restaurado, está removido de novo",
        DeleteStudent = "Desfeito: o aluno %d, que foi removido, está de volta",
        UpdateStudent = "Desfeito: o aluno %d tem de novo os valores anteriores: %s",
    },
    en = {
        CreateStudent = "Undone: student %d, who was created, is removed",
        UndeleteStudent = "Undone: student %d, who was restored, is removed again",
        DeleteStudent = "Undone: student %d, who was removed, is back",
        UpdateStudent = "Undone: student %d has the former values again: %s",
    },
}

local function names(values)
    return table.concat(lists.map(aluno.schema.messages.Student.fields, function(field)
        return values[field.name] ~= nil and language.field(field)
    end), ", ")
end

return {
    verb = {en = "undo", pt = "desfazer"},
    doc = {en = "undoes this session's last change", pt = "desfaz a última mudança desta sessão"},
    group = "session",
    call = changes.undo,
    run = function(_, io)
        local undone, err = changes.undo()
        if not undone then return errors.report(err, io.say) end
        io.say(text[undone.method]:format(undone.id, names(undone.fields or {})))
        return 0
    end,
}
