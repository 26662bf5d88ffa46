-- desfazer: the session's last change, unless the student has changed since; or the last import, of any session.
local later = require "aluno.later"
local aluno = require "aluno"
local changes = require "client.changes"
local confirm = later "client.confirm"
local core = require "core"
local dates = require "client.dates"
local errors = require "client.errors"
local grid = require "client.grid"
local imports = later "client.imports"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local session = require "client.session"

local text = language.of {
    pt = {
        CreateStudent = "Desfeito: o aluno %d (%s), que foi criado, está removido",
        UndeleteStudent = "Desfeito: o aluno %d (%s), que foi restaurado, está removido de novo",
        DeleteStudent = "Desfeito: o aluno %d (%s), que foi removido, está de volta",
        UpdateStudent = "Desfeito: o aluno %d (%s) tem de novo os valores anteriores: %s",
        questions = {
            CreateStudent = "Remover o aluno %d (%s), que foi criado?",
            UndeleteStudent = "Remover de novo o aluno %d (%s), que foi restaurado?",
            DeleteStudent = "Trazer de volta o aluno %d (%s), que foi removido?",
            UpdateStudent = "Dar ao aluno %d (%s) os valores anteriores? %s",
        },
        nothing = "não há importação a desfazer",
        import = "A importação de %s cadastrou alunos: %d",
        ask = "Remover esses alunos?",
        undone = "Removidos: %d; mantidos, porque mudaram desde então: %d; que já não estavam: %d",
        word = "desfazer aceita só a palavra importação, não '%s'",
    },
    en = {
        CreateStudent = "Undone: student %d (%s), who was created, is removed",
        UndeleteStudent = "Undone: student %d (%s), who was restored, is removed again",
        DeleteStudent = "Undone: student %d (%s), who was removed, is back",
        UpdateStudent = "Undone: student %d (%s) has the former values again: %s",
        questions = {
            CreateStudent = "Remove student %d (%s), who was created?",
            UndeleteStudent = "Remove student %d (%s), who was restored, again?",
            DeleteStudent = "Bring back student %d (%s), who was removed?",
            UpdateStudent = "Give student %d (%s) the former values? %s",
        },
        nothing = "there is no import to undo",
        import = "The import of %s registered students: %d",
        ask = "Remove these students?",
        undone = "Removed: %d; kept, because they have changed since: %d; who were not there any more: %d",
        word = "undo takes only the word import, not '%s'",
    },
}

local function names(values)
    return table.concat(lists.map(aluno.schema.messages.Student.fields, function(field)
        return values[field.name] ~= nil and language.field(field)
    end), ", ")
end

--- "idade: 16, cpf: 529.982.247-25"
local function in_words(values)
    return table.concat(lists.map(aluno.schema.messages.Student.fields, function(field)
        local value = values[field.name]
        return value ~= nil and language.field(field) .. ": " .. grid.cell(field, value)
    end), ", ")
end

--- Undoes the last change; a person at a terminal is asked before.
local function run_change(arguments, io)
    local undone, err = changes.undo(io.interactive and not arguments.yes and function(undoing)
        local question = text.questions[undoing.method]
        return confirm.sending(io, question:format(undoing.id, undoing.name, in_words(undoing.fields or {})), true)
    end)
    if err then return errors.report(err, io.say) end
    if undone then io.say(text[undone.method]:format(undone.id, undone.name, names(undone.fields or {}))) end
    return 0
end

--- Takes the last import back -> {time, removed, changed, missing} | nil, error; nil, when agree() says no
local function undo_import(agree)
    local last = imports.last()
    if not last then return nil, errors.new("NOTHING_TO_UNDO", text.nothing, "") end
    local client, err = session.client()
    local known, sum
    if client then known, err = imports.complete(client, last) end
    if not known then return nil, err end
    if agree and not agree(last) then return nil end
    sum, err = imports.undo(client, last)
    if not sum then return nil, err end
    changes.mark_import_undone(last.time)
    return sum
end

local function run_import(arguments, io)
    local undone, err = undo_import(function(last)
        io.say(text.import:format(dates.text(last.time * 1000), last.count))
        return arguments.yes or not io.interactive or confirm.sending(io, text.ask, false)
    end)
    if err then return errors.report(err, io.say) end
    if not undone then return 0 end
    io.say(text.undone:format(undone.removed, undone.changed, undone.missing))
    return undone.changed > 0 and core.exit.partial or 0
end

local is_import = {importacao = true, import = true, importar = true}

return {
    verb = {en = "undo", pt = "desfazer"},
    {name = "what", value = {en = "import", pt = "importação"}, optional = true},
    doc = {en = "undoes this session's last change, or the last import",
        pt = "desfaz a última mudança desta sessão, ou a última importação"},
    group = "session",
    flags = {{name = "yes", name_pt = "sim", kind = "bool", help = {en = "Ask nothing", pt = "Não perguntar"}}},
    call = function(what)
        if what and is_import[options.plain(what)] then return undo_import() end
        return changes.undo()
    end,
    run = function(arguments, io)
        local what = arguments.what
        if what and not is_import[options.plain(what)] then return nil, text.word:format(what) end
        return (what and run_import or run_change)(arguments, io)
    end,
}
