-- csv: a heading and a line for each row, written by aluno.csv: lines end in LF, and formulas are neutralised. rows.excel
-- writes the format that Excel opens by a double click. The default columns are those of a table. Nested values are
-- JSON in one cell, times ISO 8601.
local aluno = require "aluno"
local dates = require "client.dates"
local json = require "client.json_lines"
local language = require "client.language"
local lists = require "aluno.lists"

--- Excel reads a CPF without dots as a number and drops its leading zeros.
local function cell(field, value, excel)
    if type(value) == "table" then return json.value(field, value) end
    if value and dates.is_time(field) then return dates.iso(value) end
    return excel and value and field.rule == "cpf" and aluno.cpf.format(value) or value
end

local function open(rows, write)
    local names = lists.map(rows.columns, language.field)
    local csv = aluno.csv.writer(function(text)
        write((text:gsub("\n$", "")))
        return true
    end, {columns = names, excel = rows.excel or false, neutralise = true})
    return {
        item = function(item)
            local cells = {}
            for i, field in ipairs(rows.columns) do
                cells[names[i]] = cell(field, item[field.name], rows.excel)
            end
            csv:write(cells)
        end,
        close = function() end,
    }
end

return {name = {en = "csv", pt = "csv"}, open = open}
