-- historico: the session's changes, and the last imports of earlier sessions. The names of students are the
-- session's: no file keeps them.
local later = require "aluno.later"
local changes = require "client.changes"
local dates = require "client.dates"
local imports = later "client.imports"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"

local empty = language.of {pt = "Nada foi alterado nesta sessão", en = "Nothing was changed in this session"}

local rows = {
    fields = output.row_fields("time=hora:int verb=verbo id=id:int name=nome outcome=resultado undone=desfeita:bool " ..
        "students=alunos:int request_id=id_do_pedido"),
}
rows.fields[1].label = dates.unit

--- The imports of other sessions.
local function earlier_imports()
    local own = {}
    for _, change in ipairs(changes.list) do
        own[change.method == "Import" and change.time or false] = true
    end
    return lists.map(imports.list(), function(each) return not own[each.time] and changes.of_import(each) end)
end

--- The changes, the first one first: {time, verb, id, name, outcome, undone, students, request_id}.
local function call()
    return lists.map(lists.join(earlier_imports(), changes.list), function(change)
        local shown = {}
        for _, field in ipairs(rows.fields) do
            shown[field.name] = change[field.name]
        end
        shown.time = change.time * 1000
        return shown
    end)
end

return {
    verb = {en = "history", pt = "historico"},
    doc = {en = "shows what this session changed, and the last imports",
        pt = "mostra o que esta sessão alterou, e as últimas importações"},
    group = "session",
    flags = output.flags,
    call = call,
    run = function(arguments, io)
        local list = call()
        local code, problem = output.show(rows, list, arguments)
        if code and #list == 0 then io.say(empty) end
        return code, problem
    end,
}
