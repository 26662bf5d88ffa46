-- The outcome of a change whose call was cancelled, passed its deadline or lost its connection. Asks the service once,
-- with a short deadline.
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"

local outcome = {}

local text = language.of {
    pt = {
        COMMITTED = "A mudança foi gravada",
        IN_PROGRESS = "A mudança ainda está em andamento; pergunte de novo: operacao --id-do-pedido %s",
        CANCELLED = "A mudança foi cancelada: nada foi alterado",
        NOT_SEEN = "Nada foi alterado até agora: o pedido não chegou ao serviço",
        unknown = "Não se sabe se a mudança foi gravada; pergunte: operacao --id-do-pedido %s",
    },
    en = {
        COMMITTED = "The change was made",
        IN_PROGRESS = "The change is still under way; ask again: operation --request-id %s",
        CANCELLED = "The change was cancelled: nothing has been changed",
        NOT_SEEN = "Nothing has been changed so far: the request did not reach the service",
        unknown = "It is not known whether the change was made; ask: operation --request-id %s",
    },
}

local given_up = {CALL_CANCELLED = true, DEADLINE_PASSED = true, CONNECTION_LOST = true}

--- Reports the outcome of the error's change. Reports nothing if the error is not of a change, or is itself definite.
function outcome.report(err, say)
    if not err.request_id or not given_up[err.reason] then return end
    local asked, operation = pcall(session.call, schema.method "GetOperation", {request_id = err.request_id},
        {timeout = 1})
    local state = asked and operation and operation.state or "unknown"
    say(text[state]:format(err.request_id))
end

return outcome
