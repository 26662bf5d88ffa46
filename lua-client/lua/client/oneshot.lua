-- Commands of the shell: `aluno criar --nome … --idade …`. What is asked for goes to stdout, as output.lua writes
-- it; everything else goes to stderr.
local aluno = require "aluno"
local commands = require "commands"
local console = require "client.console"
local failures = require "client.errors"
local options = require "program.options"
local output = require "client.output"
local pager = require "client.pager"
local session = require "client.session"

local oneshot = {}

local say = console.once.say

--- Makes the call, as often as its pages need, and writes what it gives as it comes. Returns the exit code.
local function write_pages(method, request, rows, open)
    local sink <close> = pager.open()
    local writer, reply, err, metadata
    local page, going = request, true
    local function write(line)
        going = sink.write(line)
    end
    while page and going do
        reply, err, metadata = session.call(method, page)
        if not reply then
            sink.close()
            failures.tell(err, say, method)
            return failures.exit_code(err)
        end
        failures.tell_warnings(metadata, say, method)
        writer = writer or open(write)
        output.reply(rows, writer, reply)
        page = session.next_page(request, reply)
    end
    writer.close(reply)
    return 0
end

--- Runs a method with its arguments -> exit code
local function run_method(method, arguments)
    local choice, rows = output.take(arguments), output.rows(method)
    choice.fields = choice.fields or options.fields
    local open, problem = output.plan(rows, choice)
    if open then return write_pages(method, arguments, rows, open) end
    say("aluno: " .. problem)
    return 2
end

console.once.call = run_method

--- A handler of what is raised: Ctrl-C inside a call is told, with what is known of the change.
local function keep_cancelled(err)
    local cancelled = aluno.is_error(err) and err.reason == "CALL_CANCELLED"
    return cancelled and err or debug.traceback(tostring(err), 2)
end

--- Runs the command; returns its exit code, or nothing when the word is no command.
function oneshot.run(word, ...)
    local command = commands.find(word)
    if not command then return nil end
    local fine, code, problem = xpcall(commands.run, keep_cancelled, command, {...}, console.once)
    if not fine and type(code) == "string" then error(code, 0) end
    if not fine then
        failures.tell(code, say)
        return 130
    end
    if not code then say("aluno: " .. problem) end
    return code or 2
end

return oneshot
