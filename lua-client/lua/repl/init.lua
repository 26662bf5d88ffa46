-- The REPL: a command alone starts its form, a command with arguments runs at once, anything else is Lua. All output goes
-- to stdout, so that a transcript has everything in order.
local aluno = require "aluno"
local core = require "core"
local commands = require "client.commands"
local completion = require "repl.completion"
local console = require "client.console"
local dialog = require "repl.dialog"
local errors = require "client.errors"
local expiry = require "client.expiry"
local form = require "repl.form"
local language = require "client.language"
local outcome = require "client.outcome"
local output = require "client.output"
local privacy = require "repl.privacy"
local session = require "client.session"
local show = require "aluno.show"
local terminal = require "program.terminal"
local words = require "client.words"

local repl = {}

local prompt = console.open(dialog.call, true)
local say = prompt.say

--- The chunk that a line begins, more lines asked for while it is incomplete -> function | nil, problem; nil alone
--- when Ctrl-C gave it up
local function compile(line)
    local chunk = load("return " .. line, "=stdin", "t")
    if chunk then return chunk end
    while true do
        local problem
        chunk, problem = load(line, "=stdin", "t")
        if chunk or not problem:find "<eof>" then return chunk, problem end
        local more, why = terminal.read(">> ", true)
        if why == "interrupt" then return nil end
        if not more then return nil, problem end
        terminal.history_add(more)
        line = line .. "\n" .. more
    end
end

--- A handler of what is raised: the errors of calls as they are, anything else with where it was raised.
local function keep_errors(err)
    return aluno.is_error(err) and err or debug.traceback(tostring(err), 2)
end

--- Says what was raised, and for Ctrl-C what is known of the change that it gave up -> exit code
local function report_raised(raised)
    local is_error = aluno.is_error(raised)
    if terminal.interrupted() then
        say(language.interrupted)
        if is_error then outcome.report(raised, say) end
        return core.exit.interrupted
    end
    if is_error then return errors.report(raised, say) end
    say(raised)
    return 1
end

local function run_lua(line)
    local chunk, problem = compile(line)
    if not chunk then
        if problem then say(problem) end
        return problem and 1 or core.exit.interrupted
    end
    local results = table.pack(xpcall(chunk, keep_errors))
    if not results[1] then return report_raised(results[2]) end
    if results.n > 1 then say(show.results(table.unpack(results, 2, results.n))) end
    local err = results[2] == nil and results[3]
    return aluno.is_error(err) and errors.exit_code(err) or 0
end

--- A line's command and the rest of it; nil when it is Lua: `list = {}` and `list(…)` are.
local function split_command(line)
    local word, space, rest = line:match "^%s*(\\?[%a\128-\255]+)(%s*)(.-)%s*$"
    local command = word and commands.find(word)
    if not command then return nil end
    local is_word = rest == "" or rest:find(space == "" and "^[%-\"']" or "^[%w%-\"'/.~\128-\255]")
    if is_word then return command, rest end
end

--- The word that a line begins with as a command would, when it names neither a command nor anything in Lua.
local function unknown_word(line)
    local setting = line:match "^%s*(\\%S*)"
    if setting then return setting end
    local word, rest = line:match "^%s*([%a\128-\255]+)(.*)$"
    if not word or _G[word] ~= nil then return nil end
    if not rest:find "^%s*$" and not rest:find "^%s+[%w\128-\255\"'-]" then return nil end
    local is_keyword = not word:find "[\128-\255]" and not load("local " .. word)
    return not is_keyword and word or nil
end

--- Runs a command with the rest of its line -> exit code, whether to leave
local function run_command(command, rest)
    if command.method and rest == "" and form.exists(command.method) then
        return dialog.fill(command.method, prompt)
    end
    local arguments, problem = words.split(rest)
    if arguments then
        local code, leave = commands.run(command, arguments, prompt)
        if code then return code, leave end
        problem = leave
    end
    say(problem)
    return core.exit.usage, false
end

--- Runs one line -> exit code, whether to leave
local function run_line(line)
    local command, rest = split_command(line)
    terminal.history_add(line:match "^%s*(.-)%s*$")
    if command then
        local kept = privacy.command(command, rest)
        if kept then terminal.history_save(kept) end
        return run_command(command, rest)
    end
    local unknown = unknown_word(line)
    if unknown then
        say(language.unknown_word:format(unknown, commands.suggestion(unknown)))
        return core.exit.usage, false
    end
    local code = run_lua(line)
    if code == 0 and privacy.lua(line) then terminal.history_save(line) end
    return code, false
end

--- Runs lines until the input or the session ends. The exit code is 0 on a terminal; elsewhere a failed command ends the
--- session with its exit code. With given.keep_going (--continuar) the session continues and returns the first failure.
function repl.run(given)
    local failure = 0
    local fine, problem = output.choose("format", output.chosen.format)
    if fine then fine, problem = output.choose("fields", output.chosen.fields) end
    if not fine then
        io.stderr:write("aluno: ", problem, "\n")
        return core.exit.usage
    end
    terminal.start(completion.complete)
    if prompt.interactive then say(language.banner:format(aluno.version)) end
    expiry.warn(prompt)
    while true do
        local line, why = terminal.read("> ", true)
        if why == "interrupt" and not terminal.input then return core.exit.interrupted end
        if why == "end" then break end
        if line and line:find "%S" then
            local ran, code, leave = xpcall(run_line, keep_errors, line)
            if not ran then code = report_raised(code) end
            if failure == 0 then failure = code end
            if leave or failure ~= 0 and not terminal.input and not given.keep_going then break end
        end
    end
    session.finish()
    return terminal.input and 0 or failure
end

return repl
