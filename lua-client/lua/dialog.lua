-- A command at the REPL: its form, or the arguments it came with, then what was sent and what came back.
local aluno = require "aluno"
local failures = require "aluno.failures"
local flags = require "aluno.flags"
local form = require "aluno.form"
local json = require "aluno.json"
local language = require "aluno.language"
local session = require "aluno.session"
local grid = require "aluno.table"
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

--- Makes the call, as often as its pages need; a list shows a table on a terminal. Returns the exit code.
function dialog.send(method, request, say)
    local replies, page = {}, request
    while page do
        local reply, code = exchange(method, page, say)
        if not reply then return code end
        replies[#replies + 1] = reply
        page = session.next_page(request, reply)
    end
    if terminal.output then grid.write_lists(method, replies, say) end
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
        return dialog.send(method, request, io.say), false
    end
    request, problem = form.fill(method, io)
    if request then return dialog.send(method, request, io.say), false end
    if problem == "end" then io.say(language.abandoned) end
    return problem == "end" and 2 or 0, problem == "end"
end

return dialog
