-- The one client of a session. It is opened when first needed, so that the REPL starts whatever the settings are.
local aluno = require "aluno"
local core = require "core"
local pages = require "aluno.pages"
local recent = require "client.recent"

local session = {}
local client
local at_end = {}

--- The session's client -> client | nil, error
function session.client()
    local err
    if not client then client, err = aluno.connect {} end
    return client, err
end

--- Calls a method with the client that `view` makes of the session's.
local function call(view, method, request, options)
    local opened, problem = session.client()
    if not opened then return nil, problem end
    local reply, err, metadata = view(opened):call(method.name, request, options)
    if reply and not metadata.validate_only then recent.see(reply) end
    return reply, err, metadata
end

--- Calls a method on the client's own behalf, with the options of client:call -> reply, nil, metadata | nil, error.
--- Recordings omit it.
function session.call(method, request, options)
    return call(core.quiet, method, request, options)
end

--- Calls a method on the user's behalf, with the options of client:call -> reply, nil, metadata | nil, error
function session.ask(method, request, options)
    return call(function(opened) return opened end, method, request, options)
end

--- Options of a call that is made in passing: with a deadline of so many seconds, or the user's where that is longer.
function session.in_passing(seconds)
    local chosen = core.probe.timeout(os.getenv "ALUNO_TIMEOUT" or "") or 0
    return {timeout = math.max(seconds, chosen)}
end

--- Ends the client; the next call opens one with the settings of then.
function session.reset()
    if client then client:close() end
    client = nil
end

--- Registers f to be called when the session ends.
function session.at_end(f)
    at_end[#at_end + 1] = f
end

function session.finish()
    for _, f in ipairs(at_end) do
        f()
    end
end

--- The pages of a reply, as of aluno/pages.lua. A request with a page token or a page size gets only that page.
function session.pages(call_page, request)
    local next_page = pages(call_page, request)
    local is_single = request.page_size or request.page_token
    return function(_, page)
        if not (page and is_single) then return next_page() end
    end
end

return session
