-- The first step of EraseStudent: what goes is shown to a person, who gives the reason and confirms by a word.
local confirm = require "client.confirm"
local dates = require "client.dates"
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"

local erasure = {method = schema.method "EraseStudent"}

local text = language.of {
    pt = {
        goes = "Será eliminado para sempre: %d cadastro(s), com os removidos; %d nome(s) e idade(s) de antes; o que %d "
            .. "mudança(s) lembrada(s) tinha(m) dele(s).",
        stays = "Fica, sem dados pessoais: o id, as datas, quem eliminou e o motivo; e a auditoria, que só tem ids.",
        copies = "Cópias antigas, na máquina do serviço, que ainda podem ter os dados; apague-as ou espere que saiam:",
        no_copies = "O serviço não conhece cópias antigas. Outras, fora dele, só a escola conhece.",
        law = "Só se elimina o que a lei não manda guardar (LGPD, art. 16).",
        reason = "> Motivo, sem dados pessoais (pedido do titular): ",
        word = "ELIMINAR", confirm = "> Não há volta. Para confirmar, escreva %s: ",
        declined = "Nada foi eliminado",
        done = "Eliminado: %d cadastro(s).",
    },
    en = {
        goes = "Will be erased for good: %d record(s), removed ones included; %d former name(s) and age(s); what %d "
            .. "remembered change(s) had of them.",
        stays = "What stays has no personal data: the id, the times, who erased and why; and the audit, which has ids only.",
        copies = "Older copies, on the service's machine, that may have the data still; remove them or wait until they go:",
        no_copies = "The service knows of no older copies. Others, elsewhere, only the school knows.",
        law = "Only what the law does not make you keep is erased (LGPD, art. 16).",
        reason = "> Reason, without personal data (request of the person): ",
        word = "ERASE", confirm = "> There is no way back. To confirm, write %s: ",
        declined = "Nothing was erased",
        done = "Erased: %d record(s).",
    },
}

local function say_copies(reply, io)
    local copies = reply.old_copies or {}
    io.say(#copies > 0 and text.copies or text.no_copies)
    for _, copy in ipairs(copies) do
        io.say(("  %s  %s"):format(dates.text(copy.time), copy.file))
    end
end

--- Shows what would go: the reply with the confirmation -> it | nil, error
function erasure.plan(key, io)
    local plan, err = session.ask(erasure.method, {id = key.id, br_document = key.br_document, validate_only = true})
    if not plan then return nil, err end
    confirm.show(io, plan.students)
    io.say(text.goes:format(#plan.students, plan.positions, plan.operations))
    io.say(text.stays)
    say_copies(plan, io)
    io.say(text.law)
    return plan
end

--- Says what has gone.
function erasure.report(reply, io)
    io.say(text.done:format(#reply.students))
    say_copies(reply, io)
end

--- Shows what would go, and asks; puts reason and confirmation into the request -> true | nil, error | nil when declined
function erasure.agree(request, io)
    local plan, err = erasure.plan(request, io)
    if not plan then return nil, err end
    local reason = request.reason or io.read(text.reason, true)
    local word = reason and io.read(text.confirm:format(text.word), true)
    if not word or word:match "^%s*(.-)%s*$" ~= text.word then
        io.say(text.declined)
        return nil
    end
    request.reason, request.confirmation = reason, plan.confirmation
    return true
end

return erasure
