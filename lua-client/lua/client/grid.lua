-- Lists as tables: columns, one row per element.
local aluno = require "aluno"
local language = require "client.language"
local lists = require "aluno.lists"
local terminal = require "program.terminal"

local grid = {}

local truth = language.of {pt = {[true] = "sim", [false] = "não"}, en = {[true] = "yes", [false] = "no"}}

--- Returns a value as text for people.
function grid.cell(field, value)
    if value == nil then return "" end
    if field.kind == "bool" then return truth[value] end
    return field.rule == "cpf" and aluno.cpf.format(value) or tostring(value)
end

--- Pads the text to a column's width; numbers are right-aligned.
function grid.pad(text, width, is_number)
    local space = (" "):rep(width - terminal.width(text))
    return is_number and space .. text or text .. space
end

local function line_of(columns, cells, widths)
    local padded = {}
    for i, field in ipairs(columns) do
        padded[i] = grid.pad(cells[i], widths[i], field.kind == "int")
    end
    return (table.concat(padded, "  "):gsub(" +$", ""))
end

--- The lines of a table with those fields of `items`; first its heading.
function grid.lines(columns, items)
    local rows, widths = {lists.map(columns, language.field)}, {}
    for _, item in ipairs(items) do
        rows[#rows + 1] = lists.map(columns, function(field) return grid.cell(field, item[field.name]) end)
    end
    for i in ipairs(columns) do
        widths[i] = 0
        for _, row in ipairs(rows) do
            widths[i] = math.max(widths[i], terminal.width(row[i]))
        end
    end
    for i, row in ipairs(rows) do
        rows[i] = line_of(columns, row, widths)
    end
    if terminal.colour then rows[1] = "\27[1m" .. rows[1] .. "\27[0m" end
    return rows
end

return grid
