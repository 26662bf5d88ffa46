-- aluno.json: any JSON. Messages of the contract are written by aluno.message_json and aluno.request_json.
--
--   aluno.json.decode(text) -> value | nil, error     err.detail is the place, "line:column"
--   aluno.json.encode(value[, {indent = 2}]) -> text  keys in order, so that equal values are equal texts
--   aluno.json.array(list) -> list                    that is written [] even when it is empty
--   aluno.json.null                                   null, which is not nil: a table can hold it
--
-- Lists that were read are such arrays. A table is written as an array when it is one or has an element 1, otherwise
-- as an object. What JSON has no form for (functions, NaN, keys that are no texts, tables in themselves) raises.
local core = require "core"

local json = core.json
local array_metatable = json.array_metatable
json.array_metatable = nil

local depth_most = 200

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}

--- Text as a JSON string.
function json.quote(text)
    return '"' .. text:gsub('[%c"\\]', function(character)
        return escapes[character] or ("\\u%04x"):format(character:byte())
    end) .. '"'
end

function json.array(list)
    return setmetatable(list, array_metatable)
end

local function number_text(value)
    if math.type(value) == "integer" then return tostring(value) end
    if value ~= value or value == math.huge or value == -math.huge then error("JSON has no number " .. value, 0) end
    local short = ("%.15g"):format(value)
    return tonumber(short) == value and short or ("%.17g"):format(value)
end

local encode_value

--- The brackets around the items, one a line when there is to be indentation.
local function enclose(open, items, close, indent, depth)
    if #items == 0 then return open .. close end
    if indent == 0 then return open .. table.concat(items, ", ") .. close end
    local margin = "\n" .. (" "):rep(indent * (depth + 1))
    return open .. margin .. table.concat(items, "," .. margin) .. "\n" .. (" "):rep(indent * depth) .. close
end

local function encode_list(list, indent, depth)
    local items = {}
    for i = 1, #list do
        items[i] = encode_value(list[i], indent, depth + 1)
    end
    return enclose("[", items, "]", indent, depth)
end

local function encode_object(object, indent, depth)
    local keys, items = {}, {}
    for key in pairs(object) do
        if type(key) ~= "string" then error("a key of a JSON object is a " .. type(key) .. ", not a text", 0) end
        keys[#keys + 1] = key
    end
    table.sort(keys)
    for i, key in ipairs(keys) do
        items[i] = json.quote(key) .. ": " .. encode_value(object[key], indent, depth + 1)
    end
    return enclose("{", items, "}", indent, depth)
end

function encode_value(value, indent, depth)
    local kind = type(value)
    if kind == "string" then return json.quote(value) end
    if kind == "number" then return number_text(value) end
    if kind == "boolean" then return tostring(value) end
    if value == json.null then return "null" end
    if kind ~= "table" then error("JSON has no " .. kind, 0) end
    if depth > depth_most then error("the tables are nested too deep for JSON", 0) end
    local is_list = getmetatable(value) == array_metatable or value[1] ~= nil
    return (is_list and encode_list or encode_object)(value, indent, depth)
end

function json.encode(value, options)
    local fine, text = pcall(encode_value, value, options and options.indent or 0, 0)
    if not fine then error(text, 2) end
    return text
end

return json
