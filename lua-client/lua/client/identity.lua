-- Who one is at the service, in a sentence.
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"

local identity = {}

local text = language.of {
    pt = {who = "%s (%s) em %s", one = "1 aluno", many = "%d alunos"},
    en = {who = "%s (%s) at %s", one = "1 student", many = "%d students"},
}

--- " · 64 alunos" | nil, error
local function count_students(options)
    local page, err = session.call(schema.method "list", {page_size = 1}, options)
    if not page then return nil, err end
    return " · " .. (page.total_size == 1 and text.one or text.many:format(page.total_size or 0))
end

--- "maria (registrar) em aluno.escola.br:3000 · 64 alunos"; an auditor, who may not count them, has the first half | nil,
--- error. `server`: the address that is set, or nil;
--- `options`: those of the calls.
function identity.sentence(server, options)
    local info, err = session.call(schema.method "info", {}, options)
    if not info then return nil, err end
    local count = ""
    if info.caller_role ~= "auditor" then count, err = count_students(options) end
    if not count then return nil, err end
    local address = (server or "127.0.0.1:3000"):gsub("tls%+tcp://", "")
    return text.who:format(info.caller_name or "?", info.caller_role or "?", address) .. count
end

return identity
