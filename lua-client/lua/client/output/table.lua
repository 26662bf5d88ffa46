-- tabela: a list in columns; a single value with one field per line and nested values below.
local aluno = require "aluno"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"
local terminal = require "program.terminal"

--- Returns the lines "nome   João".
local function write_fields(fields, item, write)
    local present, widest = lists.map(fields, function(field) return item[field.name] ~= nil and field end), 0
    for _, field in ipairs(present) do
        widest = math.max(widest, terminal.width(language.field(field)))
    end
    for _, field in ipairs(present) do
        write(grid.pad(language.field(field), widest + 2) .. grid.cell(field, item[field.name]))
    end
end

local function write_lines(lines, write)
    for _, line in ipairs(lines) do
        write(line)
    end
end

--- Returns the lines of one value: its fields, then its messages and lists under their labels.
local function write_value(fields, item, write)
    local plain, nested = {}, {}
    for _, field in ipairs(fields) do
        table.insert(field.type and nested or plain, field)
    end
    write_fields(plain, item, write)
    for _, field in ipairs(nested) do
        local value = item[field.name]
        if value then
            write(field.label[language.name] .. ":")
            if field.kind == "list" then
                write_lines(grid.lines(schema.columns(field.type), value), write)
            else
                write_value(aluno.schema.messages[field.type].fields, value, write)
            end
        end
    end
end

local function open(rows, write)
    local items = {}
    return {
        item = function(item)
            if rows.single then return write_value(rows.fields, item, write) end
            items[#items + 1] = item
        end,
        close = function(reply)
            if #items > 0 then write_lines(grid.lines(rows.columns, items), write) end
            for _, field in ipairs(reply and rows.totals or {}) do
                if reply[field.name] then write(field.label[language.name] .. ": " .. reply[field.name]) end
            end
        end,
    }
end

return {name = {en = "table", pt = "tabela"}, open = open}
