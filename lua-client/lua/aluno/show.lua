-- Lua values as the REPL prints them: tables with their keys in order, errors as their sentence.
local show = {}

local depth_shown = 6

local function key_text(key)
    if type(key) == "string" and key:match "^[%a_][%w_]*$" then return key end
    return "[" .. (type(key) == "string" and show.quote(key) or tostring(key)) .. "]"
end

local function before(a, b)
    if math.type(a) and math.type(b) then return a < b end
    return tostring(a) < tostring(b)
end

--- Text in quotes, its line ends and control characters escaped, its accents as they are.
function show.quote(text)
    return '"' .. text:gsub('[%c"\\]', function(character)
        if character == '"' or character == "\\" then return "\\" .. character end
        return character == "\n" and "\\n" or ("\\x%02x"):format(character:byte())
    end) .. '"'
end

local function table_text(value, indent)
    if #indent > 4 * depth_shown then return "{…}" end
    local keys, lines, inner = {}, {}, indent .. "    "
    for key in pairs(value) do
        if not (math.type(key) == "integer" and key >= 1 and key <= #value) then keys[#keys + 1] = key end
    end
    table.sort(keys, before)
    for _, item in ipairs(value) do
        lines[#lines + 1] = inner .. show.value(item, inner)
    end
    for _, key in ipairs(keys) do
        lines[#lines + 1] = inner .. key_text(key) .. " = " .. show.value(value[key], inner)
    end
    if #lines == 0 then return "{}" end
    return "{\n" .. table.concat(lines, ",\n") .. "\n" .. indent .. "}"
end

--- One value; inside a table (`indent`) text is quoted.
function show.value(value, indent)
    local meta = getmetatable(value)
    if type(value) == "string" then return indent and show.quote(value) or value end
    if type(value) ~= "table" or type(meta) == "table" and meta.__tostring then return tostring(value) end
    return table_text(value, indent or "")
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
