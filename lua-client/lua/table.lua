-- Lists as people read them: columns, one row an element.
local aluno = require "aluno"
local language = require "aluno.language"
local terminal = require "aluno.terminal"

local grid = {}

--- The fields worth a column: what a form would ask, and the id.
local function columns_of(message)
    local columns = {}
    for _, field in ipairs(message.fields) do
        if field.name == "id" or field.presence ~= "output" then
            columns[#columns + 1] = field
        end
    end
    return columns
end

local function cell(field, value)
    if value == nil then return "" end
    return field.rule == "cpf" and aluno.cpf.format(value) or tostring(value)
end

local function pad(field, text, width)
    local space = (" "):rep(width - terminal.width(text))
    return field.kind == "int" and space .. text or text .. space
end

local function line_of(columns, cells, widths)
    local padded = {}
    for i, field in ipairs(columns) do
        padded[i] = pad(field, cells[i], widths[i])
    end
    return (table.concat(padded, "  "):gsub(" +$", ""))
end

--- The lines of a table of `items`, messages of that name; first its heading.
function grid.lines(message_name, items)
    local columns = columns_of(aluno.schema.messages[message_name])
    local rows, widths = {{}}, {}
    for i, field in ipairs(columns) do
        rows[1][i] = language.field(field)
    end
    for _, item in ipairs(items) do
        local row = {}
        for i, field in ipairs(columns) do
            row[i] = cell(field, item[field.name])
        end
        rows[#rows + 1] = row
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

--- Writes every list of the replies to a method, and the numbers of the last reply ("Total de alunos: 3").
--- False when that method's replies have no list, or more to show than lists: a message nested in them.
function grid.write_lists(method, replies, write)
    local listed = false
    local fields = aluno.schema.messages[method.reply].fields
    for _, field in ipairs(fields) do
        if field.kind == "message" then return false end
    end
    for _, field in ipairs(fields) do
        if field.kind == "list" then
            local items = {}
            for _, reply in ipairs(replies) do
                table.move(reply[field.name], 1, #reply[field.name], #items + 1, items)
            end
            listed = true
            for _, line in ipairs(#items > 0 and grid.lines(field.type, items) or {}) do
                write(line)
            end
        end
    end
    for _, field in ipairs(listed and fields or {}) do
        local value = replies[#replies][field.name]
        if field.kind == "int" and value then write(field.label[language.name] .. ": " .. value) end
    end
    return listed
end

return grid
