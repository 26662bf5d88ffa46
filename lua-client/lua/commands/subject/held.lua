-- The data that the service holds on a person, from all pages of ExportSubject.
local lists = require "aluno.lists"
local pages = require "aluno.pages"
local schema = require "client.schema"
local session = require "client.session"

local held = {}

local export_subject = schema.method "ExportSubject"

--- Returns the pages of a call(request) as one message of the contract, Subject -> table | nil, error
function held.join(call, request)
    local found
    for _, reply, err in pages(call, request) do
        if not reply then return nil, err end
        found = found or {
            students = reply.students, former_values = reply.former_values, changes = reply.changes,
            truncated = reply.truncated, old_copies = reply.old_copies, events = reply.events and {},
        }
        if reply.events then found.events = lists.join(found.events, reply.events) end
    end
    return found
end

--- Reads what is held on the person who has that CPF -> as held.join
function held.read(br_document)
    local function call(page) return session.ask(export_subject, page) end
    return held.join(call, {br_document = br_document})
end

return held
