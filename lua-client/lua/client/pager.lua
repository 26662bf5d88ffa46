-- The sink of output. On a terminal, output longer than the screen goes through $PAGER, or less; elsewhere, and without
-- a pager, directly to stdout. After \o it goes to a file.
local console = require "client.console"
local core = require "core"
local errors = require "client.errors"
local grid = require "client.grid"
local language = require "client.language"
local terminal = require "program.terminal"

local pager = {}

--- The file of \o, open; nil when output goes to the terminal.
pager.file = nil

-- The prompt of less is ASCII: it writes other characters by their bytes.
local less = language.of {
    pt = "less -FRX '-Psq\\: sai   PgDn\\: mais   b\\: volta'",
    en = "less -FRX '-Psq\\: quit   PgDn\\: more   b\\: back'",
}

--- Returns the chosen pager if it exists: popen does not report a missing program. less keeps what is searched in it,
--- names of students, in a file of its own, unless it is forbidden.
local function command()
    local chosen = os.getenv "PAGER" or less
    local program = chosen:match "^[%w%-_./]+"
    local exists = program and os.execute("command -v " .. program .. " >/dev/null 2>&1")
    return exists and "LESSHISTFILE=- LESSCHARSET=utf-8 " .. chosen
end

--- A failed write to the file is reported to the user: the error is raised, and ends the command.
local function check_written(done, problem)
    if not done then error(errors.new("FILE_UNUSABLE", problem)) end
    return true
end

local function file_sink(file)
    local sink = {}
    function sink.write(line) return check_written(file:write(line, "\n")) end
    function sink.close() check_written(file:flush()) end
    return setmetatable(sink, {__close = sink.close})
end

--- Sends what is shown to a new file of that name, which only its owner may read; without a name, to the terminal
--- -> nil | problem
function pager.to_file(name)
    if pager.file then pager.file:close() end
    local problem
    pager.file = nil
    if name then pager.file, problem = core.host.create(name) end
    grid.plain = pager.file ~= nil
    return problem
end

--- Returns a sink: write(line) writes, or buffers up to a screenful -> false once the reader has closed it; close()
--- ends it, and so does leaving its scope.
function pager.open()
    if pager.file then return file_sink(pager.file) end
    local sink, kept, taken, program, open = {}, {}, 0, nil, true -- taken: lines of the screen
    local rows, columns = terminal.size()
    local straight = not rows

    local function send(line)
        if straight then return console.write(line) end
        open = open and program:write(line, "\n") ~= nil
    end

    local function send_kept()
        for _, line in ipairs(kept) do
            send(line)
        end
        kept = {}
    end

    local function start()
        local pages = command()
        program = pages and io.popen(pages, "w")
        straight = not program
        if program then terminal.hold(true) end
        send_kept()
    end

    function sink.write(line)
        if straight or program then
            send(line)
        else
            kept[#kept + 1] = line
            taken = taken + math.max(1, (terminal.width(line) + columns - 1) // columns)
            if taken >= rows then start() end
        end
        return open
    end

    function sink.close()
        straight = not program
        send_kept()
        if not program then return end
        program:close()
        program = nil
        terminal.hold(false)
    end

    return setmetatable(sink, {__close = sink.close})
end

return pager
