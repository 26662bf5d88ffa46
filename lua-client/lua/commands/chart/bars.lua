-- Bars for the terminal: a line for each bin, with its label, a bar and its number.
local grid = require "client.grid"
local terminal = require "program.terminal"

local bars = {}

local eighths = {"▏", "▎", "▍", "▌", "▋", "▊", "▉"}
local shortest_bar = 8 -- the columns that the longest bar has on the narrowest terminal
local widest_one = 4   -- the columns of one student, where there are few

--- Whether the locale has the characters of bars.
function bars.has_blocks()
    local locale = os.getenv "LC_ALL" or ""
    if locale == "" then locale = os.getenv "LC_CTYPE" or "" end
    if locale == "" then locale = os.getenv "LANG" or "" end
    local terminal_type = os.getenv "TERM"
    return locale:lower():find "utf%-?8" ~= nil and terminal_type ~= "dumb" and terminal_type ~= "linux"
end

--- A bar of a length in columns, which may be a fraction. None is shorter than its least part, so that one student shows.
function bars.bar(length, has_blocks)
    local parts = has_blocks and #eighths + 1 or 1
    local units = length > 0 and math.max(1, math.floor(length * parts + 0.5)) or 0
    local full, part = units // parts, units % parts
    return (has_blocks and "█" or "#"):rep(full) .. (part > 0 and eighths[part] or "")
end

local function widest(bins, key)
    local width = 0
    for _, bin in ipairs(bins) do
        width = math.max(width, terminal.width(tostring(bin[key])))
    end
    return width
end

--- The lines of a chart that is at most so wide.
function bars.lines(bins, width, has_blocks)
    local most, lines, labels = 1, {}, widest(bins, "label")
    for _, bin in ipairs(bins) do
        most = math.max(most, bin.count)
    end
    local room = math.min(most * widest_one, math.max(shortest_bar, width - labels - widest(bins, "count") - 2))
    for i, bin in ipairs(bins) do
        local bar = bars.bar(bin.count / most * room, has_blocks)
        lines[i] = grid.pad(bin.label, labels, true) .. " " .. bar .. (bar ~= "" and " " or "") .. bin.count
    end
    return lines
end

return bars
