-- The line of JSON that shows how a call ended. Messages themselves are written by the SDK: aluno.json.
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

return json
