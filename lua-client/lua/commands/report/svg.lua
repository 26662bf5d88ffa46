-- Bar charts in SVG: a bar for each bin, its number above it, its label below.
local lists = require "aluno.lists"
local markup = require "commands.report.markup"

local element = markup.element

local svg = {}

-- Units of the drawing, which is as wide as the page.
local width, height = 720, 200
local top, bottom = 22, 24     -- room for the numbers and for the labels
local gap = 0.28               -- between bars, of a bar's share
local widest_bar = 64
local character = 6.7          -- a digit is so wide
local above, below = 5, 7      -- texts from the lines beside them
local scale_lines = 4
local steps = {1, 2, 5}

--- The distance of two lines of the scale, so that there are at most so many: 1, 2, 5, 10, 20, … -> distance
function svg.step(most, lines)
    local power = 1
    while true do
        for _, step in ipairs(steps) do
            if step * power * lines >= most then return step * power end
        end
        power = power * 10
    end
end

local function number(value)
    return ("%.1f"):format(value)
end

local function most_of(bins)
    local most = 1
    for _, bin in ipairs(bins) do
        most = math.max(most, bin.count)
    end
    return most
end

--- How many labels are left out after each, so that they do not touch.
local function stride(labels, share)
    local longest = 0
    for _, label in ipairs(labels) do
        longest = math.max(longest, utf8.len(label) or #label)
    end
    return math.max(1, math.ceil((longest + 1) * character / share))
end

--- The place of a number above the base.
local function y_of(value, most)
    return height - bottom - value / most * (height - top - bottom)
end

local function line(class, y)
    return element("line", {"class", class, "x1", 0, "x2", width, "y1", number(y), "y2", number(y)})
end

local function label(text, x, y, class)
    return markup.text("text", {"x", number(x), "y", number(y), "class", class or "label"}, text)
end

--- The lines behind bars without numbers, with theirs.
local function scale(most)
    local parts, step = {}, svg.step(most, scale_lines)
    for value = step, most, step do
        local y = y_of(value, most)
        parts[#parts + 1] = line("scale", y) .. label(tostring(value), 0, y - above, "value")
    end
    return table.concat(parts)
end

local function bar(count, most, middle, bar_width)
    local y = y_of(count, most)
    return element("rect", {"class", "bar", "x", number(middle - bar_width / 2), "y", number(y),
        "width", number(bar_width), "height", number(height - bottom - y)})
end

--- A chart with a title and a description, which are read to those who do not see it. `id` is its own in the page.
function svg.bars(bins, id, title, description)
    local most, share = most_of(bins), width / #bins
    local label_every = stride(lists.map(bins, function(bin) return bin.label end), share)
    local has_numbers = stride(lists.map(bins, function(bin) return tostring(bin.count) end), share) == 1
    local parts = {
        markup.text("title", {"id", id .. "-title"}, title),
        markup.text("desc", {"id", id .. "-desc"}, description),
        has_numbers and "" or scale(most),
    }
    local function draw(part) parts[#parts + 1] = part end
    for i, bin in ipairs(bins) do
        local middle = (i - 0.5) * share
        if bin.count > 0 then draw(bar(bin.count, most, middle, math.min(share * (1 - gap), widest_bar))) end
        if bin.count > 0 and has_numbers then draw(label(tostring(bin.count), middle, y_of(bin.count, most) - above)) end
        if (i - 1) % label_every == 0 then draw(label(bin.label, middle, height - below)) end
    end
    draw(line("base", height - bottom))
    return element("svg", {"viewBox", ("0 0 %d %d"):format(width, height), "role", "img",
        "aria-labelledby", ("%s-title %s-desc"):format(id, id)}, table.concat(parts))
end

return svg
