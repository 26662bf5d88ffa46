-- titular eliminar: a person's data erased for good, in the two steps of EraseStudent. A person at a terminal sees what
-- goes, gives the reason and confirms by a word; a program repeats the command with the confirmation of the first one.
local core = require "core"
local dates = require "client.dates"
local erasure = require "client.erasure"
local errors = require "client.errors"
local language = require "client.language"
local session = require "client.session"

local text = language.of {
    pt = {
        again = "Nada foi eliminado ainda. Até %s, repita com --confirmacao %s e --motivo 'pedido do titular'",
        both = "--confirmacao pede também --motivo",
    },
    en = {
        again = "Nothing has been erased yet. Until %s, repeat with --confirmation %s and --reason 'request of the person'",
        both = "--confirmation wants --reason too",
    },
}

--- The second step -> exit code
local function erase(request, io)
    local reply, err = session.ask(erasure.method, request)
    if not reply then return errors.report(err, io.say, erasure.method) end
    erasure.report(reply, io)
    return 0
end

--- The first step of a program -> exit code
local function plan_only(request, io)
    local plan, err = erasure.plan(request, io)
    if not plan then return errors.report(err, io.say, erasure.method) end
    io.data(plan.confirmation)
    io.say(text.again:format(dates.text(plan.confirmation_expire_time), plan.confirmation))
    return 0
end

return function(arguments, io)
    local request = {
        br_document = arguments.br_document, reason = arguments.reason, confirmation = arguments.confirmation,
    }
    if request.confirmation and not request.reason then return nil, text.both end
    if request.confirmation then return erase(request, io) end
    if not io.read then return plan_only(request, io) end
    local agreed, err = erasure.agree(request, io)
    if err then return errors.report(err, io.say, erasure.method) end
    return agreed and erase(request, io) or core.exit.interrupted
end
