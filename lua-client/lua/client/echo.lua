-- The two lines of every call at the prompt: the message as it was sent, and the reply as it came. In a pipe they are
-- whole; on a terminal dimmed, and cut to a line unless \eco completo is given.
local aluno = require "aluno"
local grid = require "client.grid"
local json = require "client.json_lines"
local language = require "client.language"
local lists = require "aluno.lists"
local terminal = require "program.terminal"

local echo = {}

--- Whether lines are whole on a terminal, too. \eco sets it.
echo.whole = false

local function shown(line)
    local _, columns = terminal.size()
    if columns and not echo.whole then line = grid.cut(line, columns - 1) end
    return terminal.colour and "\27[2m" .. line .. "\27[0m" or line
end

--- Writes what is sent -> true | nil, the error of a message that cannot be sent
function echo.sent(method, request, write)
    local sent, invalid = aluno.request_json(method.name, request)
    if not sent then return nil, invalid end
    write(shown(language.sent .. sent))
    io.stdout:flush() -- a reader of the pipe sees it during the call
    return true
end

--- A reply without the token of a list's first page, which is for programs that watch.
local function without_token(reply)
    if not rawget(reply, "watch_token") then return reply end
    local rest = lists.copy(reply)
    rest.watch_token = nil
    return rest
end

--- Writes a call's reply or, without one, its error: also when nobody answered.
function echo.received(method, reply, err, write)
    write(shown("server_response:  " .. (reply and json.success(method, without_token(reply)) or json.failure(err))))
end

return echo
