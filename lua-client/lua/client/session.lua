-- The one client of a session. It is opened when first needed, so that the REPL starts whatever the settings are.
local aluno = require "aluno"
local core = require "core"
local pages = require "aluno.pages"
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

--- The pages of a method's reply, as of aluno/pages.lua. A request that names its page, or a page's size, asks for
--- that page alone.
function session.pages(call_page, request)
    local next_page, is_asked = pages(call_page, request), false
    if not request.page_size and not request.page_token then return next_page end
    return function()
        if is_asked then return nil end
        is_asked = true
        return next_page()
    end
end

return session
