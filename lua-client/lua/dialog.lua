-- A method at the REPL: its form, or the arguments it came with, then what was sent and what came back.
local aluno = require "aluno"
local failures = require "aluno.failures"
local flags = require "aluno.flags"
local form = require "aluno.form"
local json = require "aluno.json"
local language = require "aluno.language"
local output = require "aluno.output"
local pager = require "aluno.pager"
local session = require "aluno.session"
local terminal = require "aluno.terminal"

local dialog = {}

--- Makes one call and shows it -> reply | nil, exit code
local function exchange(method, request, say)
    local sent, invalid = aluno.request_json(method.name, request)
    if not sent then
        failures.tell_failure(method, invalid, say)
        return nil, failures.exit_code(invalid)
    end
    say(language.sent .. sent)
    local reply, err, metadata = session.call(method, request)
    if reply then
        say("server_response:  " .. json.success(method, reply))
        failures.tell_warnings(method, metadata, say)
        return reply
    end
    if not failures.is_connection_problem(err) then say("server_response:  " .. json.failure(err)) end
    failures.tell_failure(method, err, say)
    return nil, failures.exit_code(err)
end

local function write_replies(rows, open, replies)
    local sink <close> = pager.open()
    local writer = open(sink.write)
    for _, reply in ipairs(replies) do
        output.reply(rows, writer, reply)
    end
    writer.close(replies[#replies])
end

--- Makes the call, as often as its pages need. What came is shown once more in a format that was asked for; a list
--- on a terminal also when none was. Returns the exit code.
local function send(method, request, choice, say)
    local rows = output.rows(method)
    local open, problem = output.plan(rows, choice)
    if not open then
        say(problem)
        return 2
    end
    local is_shown = output.is_asked(choice) or terminal.output and output.has_list(method)
    local replies, page = {}, request
    while page do
        local reply, code = exchange(method, page, say)
        if not reply then return code end
        if is_shown then replies[#replies + 1] = reply end
        page = session.next_page(request, reply)
    end
    if is_shown then write_replies(rows, open, replies) end
    return 0
end

--- Runs a method with the words after its verb, or with its form when there are none. Returns the exit code and
--- whether the input has ended.
function dialog.run(method, words, io)
    local request, problem
    if #words > 0 or not form.exists(method) then
        request, problem = flags.parse(method, words)
        if not request then
            io.say(problem)
            return 2, false
        end
        return send(method, request, output.take(request), io.say), false
    end
    request, problem = form.fill(method, io)
    if request then return send(method, request, {}, io.say), false end
    if problem == "end" then io.say(language.abandoned) end
    return problem == "end" and 2 or 0, problem == "end"
end

return dialog
