-- The REPL: a command alone starts its form, a command with arguments runs at once, anything else is Lua. All output goes
-- to stdout, so that a transcript has everything in order.
local core = require "core"
local commands = require "client.commands"
local completion = require "repl.completion"
local console = require "client.console"
local dialog = require "repl.dialog"
local evaluate = require "repl.evaluate"
local form = require "repl.form"
local hints = require "repl.hints"
local input = require "repl.input"
local language = require "client.language"
local line = require "repl.line"
local lists = require "aluno.lists"
local output = require "client.output"
local privacy = require "repl.privacy"
local profile = require "client.profile"
local session = require "client.session"
local terminal = require "program.terminal"
local welcome = require "repl.welcome"
local words = require "client.words"

local repl = {}

local prompt = console.open(dialog.call, input.answer)
local say = prompt.say

local function is_flag(word)
    return word:find "^%-%-" ~= nil
end

--- Runs a command that may have a form: alone, or about the student whom the words name -> exit code, whether to leave; or
--- nothing when it is to run at once.
local function run_form(command, given)
    if not (command.method and form.exists(command.method)) then return nil end
    if #given == 0 then return dialog.fill(command.method, prompt) end
    if command.method.short_name == "UpdateStudent" and prompt.interactive and not lists.any(given, is_flag) then
        return dialog.fill(command.method, prompt, table.concat(given, " "))
    end
end

--- Runs a command with the rest of its line -> exit code, whether to leave
local function run_command(command, rest)
    local given, problem = words.split(rest)
    problem = problem or line.foreign(given)
    if not problem then
        local code, leave = run_form(command, given)
        if code then return code, leave end
        code, leave = commands.run(command, given, prompt)
        if code then return code, leave end
        problem = leave
    end
    say(problem)
    return core.exit.usage, false
end

--- Runs one line -> exit code, whether to leave
local function run_line(typed)
    typed = line.plain(typed)
    local command, rest = line.command(typed)
    terminal.history_add(typed)
    if command then
        local kept = privacy.command(command, rest)
        if kept then terminal.history_save(kept) end
        return run_command(command, rest)
    end
    local refusal = line.refusal(typed)
    if refusal then
        say(refusal)
        return core.exit.usage, false
    end
    local code = evaluate.run(typed, say)
    if code == 0 and privacy.lua(typed) then terminal.history_save(typed) end
    return code, false
end

--- Reads a line and runs it -> exit code, whether to leave; nil when there was nothing to run.
local function run_next(mark)
    local typed, why = input.command(mark)
    if why == "interrupt" and not terminal.input then return core.exit.interrupted, true end
    if why == "end" then return nil, true end
    if not (typed and typed:find "%S") then return nil end
    local ran, code, leave = xpcall(run_line, evaluate.keep_errors, typed)
    if not ran then code = evaluate.report(code, say) end
    return code, leave
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
    hints.is_on = given.hints == nil or language.yes_or_no(given.hints)
    terminal.start(completion.complete, hints.find)
    welcome.show(prompt)
    local mark = (profile.shown() or "") .. "> "
    local function run_all()
        local code, leave
        repeat
            code, leave = run_next(mark)
            if code and failure == 0 then failure = code end
        until leave or failure ~= 0 and not terminal.input and not given.keep_going
    end
    if terminal.input then terminal.persist(run_all) else run_all() end
    session.finish()
    return terminal.input and 0 or failure
end

return repl
