-- historico: the session's changes. It has no name, CPF or e-mail: the request id identifies the change.
local changes = require "client.changes"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"

local empty = language.of {pt = "Nada foi alterado nesta sessão", en = "Nothing was changed in this session"}

local rows = {
    fields = output.row_fields "time=hora verb=verbo id=id:int request_id=id_do_pedido outcome=resultado undone=desfeita:bool",
}

--- The changes, the first one first: {time, verb, id, request_id, outcome, undone}.
local function call()
    return lists.map(changes.list, function(change)
        local shown = {}
        for _, field in ipairs(rows.fields) do
            shown[field.name] = change[field.name]
        end
        shown.time = os.date("%Y-%m-%d %H:%M:%S", change.time)
        return shown
    end)
end

return {
    verb = {en = "history", pt = "historico"},
    doc = {en = "shows what this session changed", pt = "mostra o que esta sessão alterou"},
    group = "session",
    flags = output.flags,
    call = call,
    run = function(arguments, io)
        local code, problem = output.show(rows, call(), arguments)
        if code and #changes.list == 0 then io.say(empty) end
        return code, problem
    end,
}
