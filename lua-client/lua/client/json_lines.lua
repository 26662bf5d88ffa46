-- Lines of JSON: how a call ended, and rows of output. Messages themselves are written by the SDK:
-- aluno.message_json.
local aluno = require "aluno"

local json = {}

--- Text as JSON; what is not UTF-8, a file's name perhaps, with a ? for each byte that is not ASCII.
local function quote(text)
    return aluno.json.encode(utf8.len(text) and text or (text:gsub("[\128-\255]", "?")))
end

--- {"status": "OK", "message": "ok", "data": {…}}
function json.success(method, reply)
    return ('{"status": "OK", "message": "ok", "data": %s}'):format(aluno.message_json(method.reply, reply))
end

--- A violation with its words.
local function write_violation(violation)
    local members = {}
    for _, name in ipairs {"field", "reason", "message", "detail"} do
        if violation[name] then members[#members + 1] = ('"%s": %s'):format(name, quote(violation[name])) end
    end
    return "{" .. table.concat(members, ", ") .. "}"
end

--- {"status": "<CODE>", "message": …, "reason": …, "violations": […]}
function json.failure(err)
    local violations = {}
    for i, violation in ipairs(err.violations) do
        violations[i] = write_violation(violation)
    end
    return ('{"status": %s, "message": %s, "reason": %s, "violations": [%s]}'):format(quote(err.code),
        quote(err.message), quote(err.reason), table.concat(violations, ", "))
end

--- What a field of a message or of other rows holds.
function json.value(field, value)
    if type(value) == "string" then return quote(value) end
    if field.kind == "message" then return aluno.message_json(field.type, value) end
    if field.kind ~= "list" then return tostring(value) end
    local items = {}
    for i, item in ipairs(value) do
        items[i] = aluno.message_json(field.type, item)
    end
    return "[" .. table.concat(items, ", ") .. "]"
end

--- The fields of `rows` (see output.lua) that an item has, as an object.
function json.row(rows, item)
    if rows.message and not rows.chosen then return aluno.message_json(rows.message, item) end
    local members = {}
    for _, field in ipairs(rows.fields) do
        local value = item[field.name]
        if value ~= nil then members[#members + 1] = ('"%s": %s'):format(field.name, json.value(field, value)) end
    end
    return "{" .. table.concat(members, ", ") .. "}"
end

return json
