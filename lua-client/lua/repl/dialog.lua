-- A method at the REPL: its form or its arguments, then the request and the reply.
local aluno = require "aluno"
local core = require "core"
local changes = require "client.changes"
local errors = require "client.errors"
local form = require "repl.form"
local json = require "client.json_lines"
local language = require "client.language"
local output = require "client.output"
local pager = require "client.pager"
local session = require "client.session"
local terminal = require "program.terminal"

local dialog = {}

--- Makes one call and shows it -> reply | nil, exit code
local function exchange(method, request, say)
    local sent, invalid = aluno.request_json(method.name, request)
    if not sent then
        session.ask(method, request) -- fails in the same way, but observers see the call
        return nil, errors.report(invalid, say, method)
    end
    say(language.sent .. sent)
    io.stdout:flush() -- a reader of the pipe sees it during the call
    local reply, err, metadata = changes.call(method, request)
    if reply then
        say("server_response:  " .. json.success(method, reply))
        errors.report_warnings(metadata, say, method)
        return reply
    end
    if not errors.is_connection_problem(err) then say("server_response:  " .. json.failure(err)) end
    return nil, errors.report(err, say, method)
end

local function write_replies(rows, open, replies)
    local sink <close> = pager.open()
    local writer = open(sink.write)
    for _, reply in ipairs(replies) do
        output.reply(rows, writer, reply)
    end
    writer.close(replies[#replies])
end

--- Makes the call of those arguments, as often as its pages need. What came is shown once more in a format that was
--- asked for; a list on a terminal also when none was -> exit code | nil, problem
function dialog.call(method, request, io)
    local choice, say = output.take(request), io.say
    local rows = output.rows(method)
    local open, problem = output.plan(rows, choice)
    if not open then return nil, problem end
    local is_shown = output.is_asked(choice) or terminal.output and output.has_list(method)
    local replies = {}
    local function call(page) return exchange(method, page, say) end
    for _, reply, code in session.pages(call, request) do
        if not reply then return code end
        if is_shown then replies[#replies + 1] = reply end
    end
    if is_shown then write_replies(rows, open, replies) end
    return 0
end

--- Runs a method's form -> exit code, whether the input has ended
function dialog.fill(method, io)
    local request, why = form.fill(method, io)
    if request then return dialog.call(method, request, io), false end
    if why == "end" then io.say(language.abandoned) end
    return why == "end" and core.exit.usage or 0, why == "end"
end

return dialog
