-- Lines of JSON: how a call ended, and rows of output. Messages themselves are written by the SDK: aluno.json.
local aluno = require "aluno"

local json = {}

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}

--- Text as a JSON string.
function json.quote(text)
    return '"' .. text:gsub('[%c"\\]', function(character)
        return escapes[character] or ("\\u%04x"):format(character:byte())
    end) .. '"'
end

--- {"status": "OK", "message": "ok", "data": {…}}
function json.success(method, reply)
    return ('{"status": "OK", "message": "ok", "data": %s}'):format(aluno.json(method.reply, reply))
end

--- {"status": "<CODE>", "message": …, "reason": …, "violations": […]}
function json.failure(err)
    local violations = {}
    for i, violation in ipairs(err.violations) do
        violations[i] = aluno.json("Violation", violation)
    end
    return ('{"status": %s, "message": %s, "reason": %s, "violations": [%s]}'):format(json.quote(err.code),
        json.quote(err.message), json.quote(err.reason), table.concat(violations, ", "))
end

--- What a field of a message or of other rows holds.
function json.value(field, value)
    if type(value) == "string" then return json.quote(value) end
    if field.kind == "message" then return aluno.json(field.type, value) end
    if field.kind ~= "list" then return tostring(value) end
    local items = {}
    for i, item in ipairs(value) do
        items[i] = aluno.json(field.type, item)
    end
    return "[" .. table.concat(items, ", ") .. "]"
end

--- The fields of `rows` (see output.lua) that an item has, as an object.
function json.row(rows, item)
    if rows.message and not rows.chosen then return aluno.json(rows.message, item) end
    local members = {}
    for _, field in ipairs(rows.fields) do
        local value = item[field.name]
        if value ~= nil then members[#members + 1] = ('"%s": %s'):format(field.name, json.value(field, value)) end
    end
    return "{" .. table.concat(members, ", ") .. "}"
end

return json
