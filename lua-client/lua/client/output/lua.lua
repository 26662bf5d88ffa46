-- lua: a chunk that returns the value or the list, fields in the contract's order and by their English names.
local aluno = require "aluno"
local lists = require "aluno.lists"
local show = require "aluno.show"

local text_of

local function message_text(fields, item)
    return "{" .. table.concat(lists.map(fields, function(field)
        local value = item[field.name]
        return value ~= nil and field.name .. " = " .. text_of(field, value)
    end), ", ") .. "}"
end

function text_of(field, value)
    if type(value) == "string" then return show.quote(value) end
    if type(value) ~= "table" then return tostring(value) end
    local fields = aluno.schema.messages[field.type].fields
    if field.kind == "message" then return message_text(fields, value) end
    return "{" .. table.concat(lists.map(value, function(item) return message_text(fields, item) end), ", ") .. "}"
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
