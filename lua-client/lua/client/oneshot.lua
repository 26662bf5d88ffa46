-- Commands of the shell: `aluno criar --nome … --idade …`. Results go to stdout, written by output.lua;
-- everything else goes to stderr.
local aluno = require "aluno"
local core = require "core"
local commands = require "commands"
local console = require "client.console"
local done = require "client.done"
local errors = require "client.errors"
local expiry = require "client.expiry"
local masked = require "client.masked"
local output = require "client.output"
local pager = require "client.pager"
local session = require "client.session"
local terminal = require "program.terminal"

local oneshot = {}

local columns -- of --campos

--- Makes the call for each page and writes each reply at once. Returns the exit code.
local function write_pages(method, request, rows, open, say)
    local sink <close> = pager.open()
    local writer, last
    local going = true
    local function write(line) going = sink.write(line) end
    local function call(page) return session.call(method, page) end
    for _, reply, err, metadata in session.pages(call, request) do
        if not reply then
            sink.close()
            return errors.report(err, say, method)
        end
        errors.report_warnings(metadata, say, method)
        local sentence = terminal.output and not request.validate_only and done.sentence(method, reply)
        if sentence then say(sentence) end
        if terminal.output then masked.note(rows, reply, say) end
        writer, last = writer or open(write), reply
        output.reply(rows, writer, reply)
        if not going then break end
    end
    writer.close(last)
    return 0
end

--- Runs a method with its arguments -> exit code | nil, problem
local function run_method(method, arguments, io)
    local choice, rows = output.take(arguments), output.rows(method)
    choice.fields = choice.fields or columns
    local open, problem = output.plan(rows, choice)
    if not open then return nil, problem end
    return write_pages(method, arguments, rows, open, io.say)
end

local once = console.open(run_method)

--- The handler of raised errors: keeps the error of Ctrl-C inside a call, to report it with the change's outcome.
local function keep_cancelled(err)
    local cancelled = aluno.is_error(err) and err.reason == "CALL_CANCELLED"
    return cancelled and err or debug.traceback(tostring(err), 2)
end

--- Runs the command -> its exit code, or nothing when the word is no command. `given`: the program's flags.
function oneshot.run(given, word, ...)
    columns = given.fields
    local command = commands.find(word)
    if not command then return nil end
    expiry.warn(once)
    local asking = select("#", ...) == 0 and require "repl.once"
    if asking and asking.must_ask(command) then return asking.fill(command) end
    local fine, code, problem = xpcall(commands.run, keep_cancelled, command, {...}, once)
    if not fine and type(code) == "string" then error(code, 0) end
    if not fine then
        errors.report(code, once.say)
        return core.exit.interrupted
    end
    if not code then once.say("aluno: " .. problem) end
    return code or core.exit.usage
end

return oneshot
