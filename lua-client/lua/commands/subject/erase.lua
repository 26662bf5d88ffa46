-- titular eliminar: a person's data erased for good, in the two steps of EraseStudent. A person at a terminal sees what
-- goes, gives the reason and confirms by a word; a program repeats the command with the confirmation of the first one.
local confirm = require "client.confirm"
local core = require "core"
local dates = require "client.dates"
local errors = require "client.errors"
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"

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
        again = "Nada foi eliminado ainda. Até %s, repita com --confirmacao %s e --motivo 'pedido do titular'",
        both = "--confirmacao pede também --motivo",
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
        again = "Nothing has been erased yet. Until %s, repeat with --confirmation %s and --reason 'request of the person'",
        both = "--confirmation wants --reason too",
        done = "Erased: %d record(s).",
    },
}

local erase_student = schema.method "EraseStudent"

local function say_copies(erasure, io)
    local copies = erasure.old_copies or {}
    io.say(#copies > 0 and text.copies or text.no_copies)
    for _, copy in ipairs(copies) do
        io.say(("  %s  %s"):format(dates.text(copy.time), copy.file))
    end
end

local function say_plan(plan, io)
    confirm.show(io, plan.students)
    io.say(text.goes:format(#plan.students, plan.positions, plan.operations))
    io.say(text.stays)
    say_copies(plan, io)
    io.say(text.law)
end

--- The second step -> exit code
local function erase(request, io)
    local erasure, err = session.ask(erase_student, request)
    if not erasure then return errors.report(err, io.say, erase_student) end
    io.say(text.done:format(#erasure.students))
    say_copies(erasure, io)
    return 0
end

local function decline(io)
    io.say(text.declined)
    return core.exit.interrupted
end

--- Asks for the reason, unless it is given, and for the word -> exit code
local function ask(plan, arguments, io)
    local reason = arguments.reason or io.read(text.reason, true)
    if not reason then return decline(io) end
    local word = io.read(text.confirm:format(text.word), true)
    if not word or word:match "^%s*(.-)%s*$" ~= text.word then return decline(io) end
    return erase({br_document = arguments.br_document, reason = reason, confirmation = plan.confirmation}, io)
end

return function(arguments, io)
    local request = {
        br_document = arguments.br_document, reason = arguments.reason, confirmation = arguments.confirmation,
    }
    if request.confirmation and not request.reason then return nil, text.both end
    if request.confirmation then return erase(request, io) end
    local plan, err = session.ask(erase_student, {br_document = request.br_document, validate_only = true})
    if not plan then return errors.report(err, io.say, erase_student) end
    say_plan(plan, io)
    if io.read then return ask(plan, arguments, io) end
    io.data(plan.confirmation)
    io.say(text.again:format(dates.text(plan.confirmation_expire_time), plan.confirmation))
    return 0
end
