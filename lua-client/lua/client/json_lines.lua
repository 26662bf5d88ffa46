-- Lines of JSON: a call's result, and rows of output. Messages as they
-- were sent and received are written by the SDK: aluno.message_json.
local aluno = require "aluno"
local dates = require "client.dates"
local lists = require "aluno.lists"

local json = {}

--- Returns text as JSON. Text that is not UTF-8, such as a file's name, gets a ? for each byte that is not ASCII.
local function quote(text)
    return aluno.json.encode(utf8.len(text) and text or (text:gsub("[\128-\255]", "?")))
end

--- {"status": "OK", "message": "ok", "data": {…}}
function json.success(method, reply)
    return ('{"status": "OK", "message": "ok", "data": %s}'):format(aluno.message_json(method.reply, reply))
end

--- Returns an object as JSON. f(name) returns a member's JSON, or nil to omit it.
local function object(names, f)
    return "{" .. table.concat(lists.map(names, function(name)
        local value = f(name)
        return value and ('"%s": %s'):format(name.name or name, value)
    end), ", ") .. "}"
end

--- Returns a violation with its message.
local function write_violation(violation)
    return object({"field", "reason", "message", "detail"}, function(name)
        return violation[name] and quote(violation[name])
    end)
end

--- {"status": "<CODE>", "message": …, "reason": …, "violations": […]}
function json.failure(err)
    return ('{"status": %s, "message": %s, "reason": %s, "violations": [%s]}'):format(quote(err.code),
        quote(err.message), quote(err.reason), table.concat(lists.map(err.violations, write_violation), ", "))
end

local message

--- Returns the value of a field of a message or of other rows; a time as ISO 8601.
function json.value(field, value)
    if type(value) == "string" then return quote(value) end
    if dates.is_time(field) then return quote(dates.iso(value)) end
    if field.kind == "message" then return message(field.type, value) end
    if field.kind ~= "list" then return tostring(value) end
    return "[" .. table.concat(lists.map(value, function(item) return message(field.type, item) end), ", ") .. "]"
end

local function fields_of(fields, item)
    return object(fields, function(field)
        local value = item[field.name]
        return value ~= nil and json.value(field, value)
    end)
end

function message(name, item)
    return fields_of(aluno.schema.messages[name].fields, item)
end

--- The fields of `rows` (see output.lua) that an item has, as an object.
function json.row(rows, item)
    return fields_of(rows.fields, item)
end

return json
