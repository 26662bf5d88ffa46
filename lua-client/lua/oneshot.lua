-- Commands of the shell: `aluno criar --nome … --idade …`. What is asked for goes to stdout, as output.lua writes it;
-- everything else goes to stderr.
local commands = require "aluno.commands"
local console = require "aluno.console"
local failures = require "aluno.failures"
local flags = require "aluno.flags"
local options = require "aluno.options"
local output = require "aluno.output"
local pager = require "aluno.pager"
local session = require "aluno.session"

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
            failures.tell_failure(method, err, say)
            return failures.exit_code(err)
        end
        failures.tell_warnings(method, metadata, say)
        writer = writer or open(write)
        output.reply(rows, writer, reply)
        page = session.next_page(request, reply)
    end
    writer.close(reply)
    return 0
end

--- Runs a method with the words after its verb -> exit code | nil, problem
local function run_method(method, words)
    local request, problem = flags.parse(method, words)
    if not request then return nil, problem end
    local choice, rows, open = output.take(request), output.rows(method), nil
    choice.fields = choice.fields or options.fields
    open, problem = output.plan(rows, choice)
    if not open then return nil, problem end
    return write_pages(method, request, rows, open)
end

--- Runs the command; returns its exit code, or nothing when the word is no command.
function oneshot.run(word, ...)
    local command = commands.find(word)
    if not command then return nil end
    local code, problem
    if command.method then
        code, problem = run_method(command.method, {...})
    else
        code, problem = commands.run(command, {...}, console.once)
    end
    if not code then say("aluno: " .. problem) end
    return code or 2
end

return oneshot
