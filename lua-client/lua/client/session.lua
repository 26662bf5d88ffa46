-- The one client of a session. It is opened when first needed, so that the REPL starts whatever the settings are.
local aluno = require "aluno"
local core = require "core"
local recent = require "client.recent"

local session = {}
local client

-- As it is before anybody listens to the clients of scripts.
local call = core.client.call

--- The session's client -> client | nil, error
function session.client()
    local err
    if not client then client, err = aluno.connect {} end
    return client, err
end

--- Calls a method of the contract, with the options of client:call -> reply, nil, metadata | nil, error
function session.call(method, request, options)
    local opened, problem = session.client()
    if not opened then return nil, problem end
    local reply, err, metadata = call(opened, method.name, request, options)
    if reply then recent.see(reply) end
    return reply, err, metadata
end

--- The method of that short name, "GetOperation".
function session.method(name)
    for _, method in ipairs(aluno.schema.methods) do
        if method.name:match "[^/]+$" == name then return method end
    end
end

--- The request for the page after `reply`, or nil after the last. A request that names its page, or a page's
--- size, wants that page alone.
function session.next_page(request, reply)
    if request.page_size or request.page_token or not reply.next_page_token then return nil end
    local following = {}
    for key, value in pairs(request) do
        following[key] = value
    end
    following.page_token = reply.next_page_token
    return following
end

return session
