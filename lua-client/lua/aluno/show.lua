-- Lua values as the REPL prints them: tables with sorted keys, errors as their sentence, personal values of messages
-- masked. Depth and lines are bounded; a table inside itself is {…}.
local printable = require "aluno.printable"

local show = {}

local depth_most, lines_most, text_most = 6, 300, 1000

local function escape(controls)
    return (controls:gsub(".", function(byte)
        return byte == "\n" and "\\n" or ("\\x%02x"):format(byte:byte())
    end))
end

--- Text in quotes, as Lua reads it back: its line ends and control characters escaped, its accents as they are.
function show.quote(text)
    return '"' .. printable(text:gsub('["\\]', "\\%0"), escape) .. '"'
end

--- Returns text in quotes, cut to a readable line.
local function short_quote(text)
    if #text <= text_most then return show.quote(text) end
    return show.quote(text:sub(1, text_most):gsub("[\xC0-\xFF][\x80-\xBF]*$", "")) .. "…"
end

local function key_text(key)
    if type(key) == "string" and #key <= text_most and key:match "^[%a_][%w_]*$" then return key end
    return "[" .. (type(key) == "string" and short_quote(key) or tostring(key)) .. "]"
end

--- Numbers first, then everything else as its text.
local function before(a, b)
    if math.type(a) and math.type(b) then return a < b end
    if math.type(a) or math.type(b) then return math.type(a) ~= nil end
    return tostring(a) < tostring(b)
end

--- The keys of a table after those of its list, which has `count` elements; in order.
local function keys_of(value, count)
    local keys = {}
    for key in next, value do
        if not (math.type(key) == "integer" and key >= 1 and key <= count) then keys[#keys + 1] = key end
    end
    table.sort(keys, before)
    return keys
end

local value_text

--- Adds a line to `lines` -> whether there is room for another
local function add_line(lines, indent, key, value, state)
    state.left = state.left - 1
    lines[#lines + 1] = indent .. (state.left > 0 and key .. value_text(value, indent, state) or "…")
    return state.left > 0
end

local function table_text(value, indent, state)
    if state.open[value] or #indent > 4 * depth_most then return next(value) == nil and "{}" or "{…}" end
    state.open[value] = true
    local lines, inner, count = {}, indent .. "    ", 0
    while rawget(value, count + 1) ~= nil and state.left > 0 do
        count = count + 1
        add_line(lines, inner, "", value[count], state)
    end
    local meta = getmetatable(value)
    local printed = type(meta) == "table" and meta.is_message and meta.printed
    for _, key in ipairs(state.left > 0 and keys_of(value, count) or {}) do
        local shown = rawget(value, key)
        if printed then shown = printed(key, shown) end
        if not add_line(lines, inner, key_text(key) .. " = ", shown, state) then break end
    end
    state.open[value] = nil
    if #lines == 0 then return "{}" end
    return "{\n" .. table.concat(lines, ",\n") .. "\n" .. indent .. "}"
end

function value_text(value, indent, state)
    local meta = getmetatable(value)
    if type(value) == "string" then return short_quote(value) end
    local has_text = type(meta) == "table" and meta.__tostring and not meta.is_message
    if type(value) ~= "table" or has_text then return tostring(value) end
    return table_text(value, indent, state)
end

--- Returns one value. Text is quoted only inside a table, unless `quoted`.
function show.value(value, quoted)
    if type(value) == "string" then return quoted and show.quote(value) or value end
    return value_text(value, "", {open = {}, left = lines_most})
end

--- All results of a line.
function show.results(...)
    local texts = {}
    for i = 1, select("#", ...) do
        texts[i] = show.value((select(i, ...)))
    end
    return table.concat(texts, "\t")
end

return show
