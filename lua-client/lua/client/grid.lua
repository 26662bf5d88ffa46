-- Students and other rows for people: a table that fits the terminal, or a sheet for each, with a field a line.
local aluno = require "aluno"
local dates = require "client.dates"
local language = require "client.language"
local lists = require "aluno.lists"
local printable = require "aluno.printable"
local schema = require "client.schema"
local terminal = require "program.terminal"

local grid = {}

local in_year = language.of {pt = "%d (em %d)", en = "%d (in %d)"}
local truth = language.of {pt = {[true] = "sim", [false] = "não"}, en = {[true] = "yes", [false] = "no"}}

--- States of operations, backups and the service: what the contract has for programs, in words.
local states = language.of {
    pt = {
        COMMITTED = "gravada", IN_PROGRESS = "em andamento", NOT_SEEN = "não vista: nada foi alterado",
        CANCELLED = "cancelada: nada foi nem será alterado",
        RUNNING = "em andamento", DONE = "pronta", FAILED = "falhou", NONE = "nenhuma",
        SERVING = "atendendo", NOT_SERVING = "não atende",
    },
    en = {},
}
local is_state = {state = true, status = true}

local narrowest = 10 -- the columns of a text that is cut

--- Whether lists are sheets: always, never, or nil when a table does not fit. \x sets it.
grid.expanded = nil

--- Whether tables are for a file: as wide as their cells, without bold letters.
grid.plain = false

--- Returns a value as text for people; of a student's age that was typed in another year, with that year, if `item` is the
--- student.
function grid.text(field, value, item)
    if value == nil then return "" end
    if field.shown then return field.shown(value) end
    if field.kind == "bool" then return truth[value] end
    if is_state[field.name] then return states[value] or value end
    if dates.is_time(field) then return dates.text(value) end
    if field.rule == "birth_date" then return dates.day(value) end
    local year = field.rule == "age" and item and item.age_year
    if year and year ~= dates.this_year() then return in_year:format(value, year) end
    return field.rule == "cpf" and aluno.cpf.format(value) or tostring(value)
end

--- The same for a terminal.
function grid.cell(field, value, item)
    return printable(grid.text(field, value, item))
end

--- Pads the text to a column's width; numbers are right-aligned.
function grid.pad(text, width, is_number)
    local space = (" "):rep(width - terminal.width(text))
    return is_number and space .. text or text .. space
end

--- Cuts the text to a width; what is cut ends with …
function grid.cut(text, width)
    if terminal.width(text) <= width then return text end
    local kept, taken = {}, 1
    for character in text:gmatch "[%z\1-\127\192-\255][\128-\191]*" do
        taken = taken + terminal.width(character)
        if taken > width then break end
        kept[#kept + 1] = character
    end
    return table.concat(kept) .. "…"
end

--- Divides the text into lines of a width, at its spaces.
function grid.wrap(text, width)
    local lines, line = {}, nil
    for space, word in text:gmatch "(%s*)(%S+)" do
        local longer = line and line .. space .. word or space .. word
        if line and terminal.width(longer) > width then
            lines[#lines + 1], line = line, word
        else
            line = longer
        end
    end
    lines[#lines + 1] = line or ""
    return lines
end

local function line_of(columns, cells, widths)
    local padded = {}
    for i, field in ipairs(columns) do
        local is_number = field.kind == "int" and not dates.is_time(field)
        padded[i] = grid.pad(grid.cut(cells[i], widths[i]), widths[i], is_number)
    end
    return (table.concat(padded, "  "):gsub(" +$", ""))
end

--- The columns that a table has: unless they were chosen, without those that no item has and that none needs, such as
--- a birth date, the alternative to an age.
local function shown(columns, items)
    return columns.is_chosen and columns or lists.map(columns, function(field)
        local is_needless = field.presence == "optional" or field.presence == "either" and field.kind == "text"
        local function has_it(item) return item[field.name] ~= nil end
        return (not is_needless or lists.any(items, has_it)) and field
    end)
end

local function heading(line)
    return terminal.colour and not grid.plain and "\27[1m" .. line .. "\27[0m" or line
end

local function widest_of(columns, rows)
    local widths = {}
    for i in ipairs(columns) do
        widths[i] = 0
        for _, row in ipairs(rows) do
            widths[i] = math.max(widths[i], terminal.width(row[i]))
        end
    end
    return widths
end

local function is_cuttable(field)
    return field.kind == "text" and field.rule ~= "cpf"
end

--- The index of the widest text that can be narrower; nil for none.
local function widest_text(columns, widths)
    local found
    for i, field in ipairs(columns) do
        local can_shrink = is_cuttable(field) and widths[i] > narrowest
        if can_shrink and (not found or widths[i] > widths[found]) then found = i end
    end
    return found
end

--- Narrows the widest texts until the table has that width -> whether it can
local function narrow(columns, widths, width)
    local total = 2 * (#widths - 1)
    for _, one in ipairs(widths) do
        total = total + one
    end
    while total > width do
        local i = widest_text(columns, widths)
        if not i then return false end
        widths[i], total = widths[i] - 1, total - 1
    end
    return true
end

--- The lines of a value's fields: "nome   João". Fields without a value are left out.
function grid.sheet(fields, item)
    local present, widest = lists.map(fields, function(field) return item[field.name] ~= nil and field end), 0
    for _, field in ipairs(present) do
        widest = math.max(widest, terminal.width(language.field(field)))
    end
    return lists.map(present, function(field)
        return grid.pad(language.field(field), widest + 2) .. grid.cell(field, item[field.name], item)
    end)
end

--- A sheet for each item, with an empty line between two.
local function sheets(columns, items)
    local lines = {}
    for i, item in ipairs(items) do
        if i > 1 then lines[#lines + 1] = "" end
        lines = lists.join(lines, grid.sheet(columns, item))
    end
    return lines
end

--- The lines of a table with those fields of `items`; first its heading. On a terminal it fits: texts are cut, and where
--- that is not enough there is a sheet for each item. `indent`: columns that the caller writes before each line.
function grid.lines(columns, items, indent)
    local _, width = terminal.size()
    width = width and width - (indent or 0)
    if not columns.is_chosen then columns = schema.for_people(columns) end
    if grid.expanded then return sheets(columns, items) end
    columns = shown(columns, items)
    local rows = {lists.map(columns, language.field)}
    for _, item in ipairs(items) do
        rows[#rows + 1] = lists.map(columns, function(field) return grid.cell(field, item[field.name], item) end)
    end
    local widths = widest_of(columns, rows)
    local fits = grid.plain or not width or narrow(columns, widths, width)
    if not fits and grid.expanded == nil and #items > 0 then return sheets(columns, items) end
    for i, row in ipairs(rows) do
        rows[i] = line_of(columns, row, widths)
    end
    rows[1] = heading(rows[1])
    return rows
end

return grid
