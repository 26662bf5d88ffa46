-- Where output goes. On a terminal, what is longer than the screen goes through $PAGER, or less; elsewhere, and
-- without a pager, straight to stdout.
local console = require "client.console"
local terminal = require "program.terminal"

local pager = {}

--- The pager that people chose, if it is there: popen would not tell.
local function command()
    local chosen = os.getenv "PAGER" or "less -FRX"
    local program = chosen:match "^[%w%-_./]+"
    return program and os.execute("command -v " .. program .. " >/dev/null 2>&1") and chosen
end

--- How many lines of the screen a line takes.
local function height(line, columns)
    return math.max(1, (terminal.width(line) + columns - 1) // columns)
end

--- A sink: write(line) writes, or keeps what is not yet a screenful -> false once the reader has gone;
--- close() ends it, and so does leaving its scope.
function pager.open()
    local sink, kept, taken, program, open = {}, {}, 0, nil, true
    local rows, columns = terminal.size()
    local straight = not rows

    local function send(line)
        if straight then return console.write(line) end
        open = open and program:write(line, "\n") ~= nil
    end

    local function start()
        local pages = command()
        program = pages and io.popen(pages, "w")
        straight = not program
        if program then terminal.hold(true) end
        for _, line in ipairs(kept) do
            send(line)
        end
        kept = {}
    end

    function sink.write(line)
        if straight or program then
            send(line)
        else
            kept[#kept + 1] = line
            taken = taken + height(line, columns)
            if taken >= rows then start() end
        end
        return open
    end

    function sink.close()
        straight = straight or not program
        for _, line in ipairs(kept) do
            send(line)
        end
        kept = {}
        if not program then return end
        program:close()
        program = nil
        terminal.hold(false)
    end

    return setmetatable(sink, {__close = sink.close})
end

return pager
