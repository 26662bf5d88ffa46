-- csv: a heading and a line for each row, as aluno.csv writes them: lines end in LF, and a text that a spreadsheet would
-- take for a formula is neutralised. With rows.excel it is what Excel opens by a double click. The columns are those of
-- a table, unless others are chosen. What is nested in a row is a cell of JSON.
local aluno = require "aluno"
local json = require "client.json_lines"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"

--- A CPF without its dots is a number to Excel, which would drop the zeros on its left.
local function cell(field, value, excel)
    if type(value) == "table" then return json.value(field, value) end
    return excel and value and field.rule == "cpf" and aluno.cpf.format(value) or value
end

local function open(rows, write)
    local fields = rows.message and not rows.chosen and schema.columns(rows.message) or rows.fields
    local names = lists.map(fields, language.field)
    local csv = aluno.csv.writer(function(text)
        write((text:gsub("\n$", "")))
        return true
    end, {columns = names, excel = rows.excel or false, neutralise = true})
    return {
        item = function(item)
            local cells = {}
            for i, field in ipairs(fields) do
                cells[names[i]] = cell(field, item[field.name], rows.excel)
            end
            csv:write(cells)
        end,
        close = function() end,
    }
end

return {name = {en = "csv", pt = "csv"}, open = open}
