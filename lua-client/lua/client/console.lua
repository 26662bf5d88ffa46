-- Input and output of a command, at the REPL and when it runs once:
--
--   io.data(line)    results: always stdout
--   io.say(line)     messages for people: stderr when it runs once, so that stdout stays clean for pipes; at the REPL
--                    stdout, so that a transcript has everything in order
--   io.read(prompt[, fresh])  a line of stdin | nil, "end" | nil, "interrupt"; when a command runs once, on a terminal
--                    alone. `fresh`: typed now, not pasted before
--   io.call(method, arguments)  runs a method of the contract as if it had been typed -> exit code | nil, problem
--   io.paged         whether long texts for people go through the pager, too
--   io.interactive   whether stdin and stdout are a terminal
local grid = require "client.grid"
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

--- Writes a sentence to stdout, on a terminal with its lines divided between words.
local function say(line)
    local _, columns = terminal.size()
    if not columns or terminal.width(line) <= columns then return console.write(line) end
    for _, part in ipairs(grid.wrap(line, columns)) do
        console.write(part)
    end
end

local function say_apart(line)
    io.stderr:write(line, "\n")
end

local function read_once(prompt)
    return terminal.read(prompt)
end

--- The `io` of a command that runs once; or of the REPL, which has `read`, its io.read. Methods are run by
--- call(method, arguments, io).
function console.open(call, read)
    local self = {data = console.write, interactive = terminal.input and terminal.output}
    self.say = read and say or say_apart
    self.read = read or self.interactive and read_once
    self.paged = read ~= nil
    function self.call(method, arguments) return call(method, arguments, self) end
    return self
end

return console
