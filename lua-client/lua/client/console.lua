-- Input and output of a command, at the REPL and when it runs once:
--
--   io.data(line)    results: always stdout
--   io.say(line)     messages for people: stderr when it runs once, so that stdout stays clean for pipes; at the REPL
--                    stdout, so that a transcript has everything in order
--   io.read(prompt)  a line of stdin | nil, "end" | nil, "interrupt"; at the REPL alone
--   io.call(method, arguments)  runs a method of the contract as if it had been typed -> exit code | nil, problem
--   io.interactive   whether stdin and stdout are a terminal
local terminal = require "program.terminal"

local EPIPE = 32

local console = {}

--- Writes a line to stdout. Ends the program if the reader has closed it or the disk is full.
function console.write(line)
    local written, problem, number = io.stdout:write(line, "\n")
    if written then return end
    if number ~= EPIPE then io.stderr:write("aluno: stdout: ", problem, "\n") end
    os.exit(number == EPIPE and 0 or 1)
end

local function say_apart(line)
    io.stderr:write(line, "\n")
end

--- The `io` of the REPL, or of a command that runs once. Methods are run by call(method, arguments, io).
function console.open(call, is_repl)
    local self = {data = console.write, interactive = terminal.input and terminal.output}
    self.say, self.read = is_repl and console.write or say_apart, is_repl and terminal.read
    function self.call(method, arguments) return call(method, arguments, self) end
    return self
end

return console
