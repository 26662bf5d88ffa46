-- historico: what this session changed. No name, CPF or e-mail: the request id leads to the rest.
local changes = require "client.changes"
local language = require "client.language"
local output = require "client.output"

local empty = language.of {pt = "Nada foi alterado nesta sessão", en = "Nothing was changed in this session"}

local rows = {
    fields = {
        {name = "time", name_pt = "hora", kind = "text"},
        {name = "verb", name_pt = "verbo", kind = "text"},
        {name = "id", name_pt = "id", kind = "int"},
        {name = "request_id", name_pt = "id_do_pedido", kind = "text"},
        {name = "outcome", name_pt = "resultado", kind = "text"},
        {name = "undone", name_pt = "desfeita", kind = "bool"},
    },
}

--- The changes, the first one first: {time, verb, id, request_id, outcome, undone}.
local function call()
    local list = {}
    for i, change in ipairs(changes.list) do
        list[i] = {
            time = os.date("%Y-%m-%d %H:%M:%S", change.time),
            verb = change.verb,
            id = change.id,
            request_id = change.request_id,
            outcome = change.outcome,
            undone = change.undone,
        }
    end
    return list
end

return {
    verb = {en = "history", pt = "historico"},
    doc = {en = "shows what this session changed", pt = "mostra o que esta sessão alterou"},
    group = "session",
    flags = output.flags,
    call = call,
    run = function(arguments, io)
        if #changes.list == 0 then io.say(empty) end
        return output.show(rows, call(), arguments)
    end,
}
