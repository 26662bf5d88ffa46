-- `aluno criar` at a terminal: the command's form, once.
local console = require "client.console"
local dialog = require "repl.dialog"
local form = require "repl.form"
local input = require "repl.input"
local lists = require "aluno.lists"
local session = require "client.session"
local terminal = require "program.terminal"

local once = {}

--- Whether a command that is given nothing must ask: a person is at the terminal, and it cannot run so.
function once.must_ask(command)
    local method = command.method
    if not (method and terminal.input and terminal.output and form.exists(method)) then return false end
    return lists.any(command.flags, function(flag) return flag.required or flag.key or flag.either end)
end

--- Runs its form -> exit code
function once.fill(command)
    terminal.start(function() end)
    local code = dialog.fill(command.method, console.open(dialog.call, input.answer))
    session.finish()
    return code
end

return once
