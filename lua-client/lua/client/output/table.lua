-- tabela: a list in columns; a single value with one field per line and nested values below.
local aluno = require "aluno"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"

local function write_lines(lines, write)
    for _, line in ipairs(lines) do
        write(line)
    end
end

--- The fields without the etag, which only programs need.
local function for_people(fields)
    return schema.for_people(lists.map(fields, function(field) return field.name ~= "etag" and field end))
end

--- Returns the lines of one value: its fields, then its messages and lists under their labels.
local function write_value(fields, item, write)
    local plain, nested = {}, {}
    for _, field in ipairs(fields) do
        table.insert(field.type and nested or plain, field)
    end
    write_lines(grid.sheet(plain, item), write)
    for _, field in ipairs(nested) do
        local value = item[field.name]
        local is_empty = field.kind == "list" and value and #value == 0
        if value and not is_empty then
            write(field.label[language.name] .. ":")
            if field.kind == "list" then
                write_lines(grid.lines(schema.columns(field.type), value), write)
            else
                write_value(for_people(aluno.schema.messages[field.type].fields), value, write)
            end
        end
    end
end

local function open(rows, write)
    local items = {}
    local columns = not rows.chosen and rows.table_columns or rows.columns
    return {
        item = function(item)
            if rows.single then return write_value(rows.chosen and rows.fields or for_people(rows.fields), item, write) end
            items[#items + 1] = item
        end,
        close = function(reply)
            if #items > 0 then write_lines(grid.lines(columns, items), write) end
            for _, field in ipairs(reply and rows.totals or {}) do
                if reply[field.name] then write(field.label[language.name] .. ": " .. reply[field.name]) end
            end
        end,
    }
end

return {name = {en = "table", pt = "tabela"}, open = open}
