-- How a command speaks, at the REPL and when it runs once:
--
--   io.data(line)    what was asked for: always stdout
--   io.say(line)     words for people: stderr when it runs once, so that stdout stays clean for pipes; at the REPL
--                    stdout, so that a transcript is whole and in order
--   io.read(prompt)  a line of stdin | nil, "end" | nil, "interrupt"
--   io.call(method, arguments)  runs a method of the contract as if it had been typed -> exit code
--   io.interactive   whether somebody sits at the terminal: stdin and stdout are one
local terminal = require "program.terminal"

local EPIPE = 32

--- Nobody reads on, or the disk is full: the rest would be work for nothing.
local function write(line)
    local written, problem, number = io.stdout:write(line, "\n")
    if written then return end
    if number ~= EPIPE then io.stderr:write("aluno: stdout: ", problem, "\n") end
    os.exit(number == EPIPE and 0 or 1)
end

local interactive = terminal.input and terminal.output

local function read_once(prompt)
    io.stderr:write(prompt)
    local line = io.read()
    if line then return line end
    return nil, terminal.interrupted() and "interrupt" or "end"
end

--- repl.lua and oneshot.lua add `call`, each its way.
return {
    repl = {data = write, say = write, read = terminal.read, interactive = interactive},
    once = {
        data = write,
        say = function(line) io.stderr:write(line, "\n") end,
        read = read_once,
        interactive = interactive,
    },
}
