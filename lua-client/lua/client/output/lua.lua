-- lua: a chunk that returns the value or the list, fields in the contract's order and by their English names.
local aluno = require "aluno"
local show = require "aluno.show"

local text_of

local function message_text(fields, item)
    local parts = {}
    for _, field in ipairs(fields) do
        local value = item[field.name]
        if value ~= nil then parts[#parts + 1] = field.name .. " = " .. text_of(field, value) end
    end
    return "{" .. table.concat(parts, ", ") .. "}"
end

function text_of(field, value)
    if type(value) == "string" then return show.quote(value) end
    if type(value) ~= "table" then return tostring(value) end
    local fields = aluno.schema.messages[field.type].fields
    if field.kind == "message" then return message_text(fields, value) end
    local parts = {}
    for i, item in ipairs(value) do
        parts[i] = message_text(fields, item)
    end
    return "{" .. table.concat(parts, ", ") .. "}"
end

local function open(rows, write)
    if not rows.single then write "return {" end
    return {
        item = function(item)
            local value = message_text(rows.fields, item)
            write(rows.single and "return " .. value or "    " .. value .. ",")
        end,
        close = function()
            if not rows.single then write "}" end
        end,
    }
end

return {name = {en = "lua", pt = "lua"}, open = open}
