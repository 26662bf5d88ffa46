-- The rows of a file that is imported, from its headings to its last. Titles may stand above the headings.
local aluno = require "aluno"
local columns = require "commands.import.columns"
local core = require "core"
local row = require "commands.import.row"

local reading = {}

local titles_most = 20 -- lines among which the headings are looked for

--- The number of lines of a file below its first; nil if it cannot be read twice. Text in quotes may hold line ends, so
--- there may be fewer rows.
function reading.count_lines(path)
    local file <close> = core.host.is_regular_file(path) and io.open(path, "rb")
    if not file or not file:seek "end" then return nil end
    file:seek "set"
    local lines, last = -1, "\n"
    for chunk in file:lines(65536) do
        lines = lines + select(2, chunk:gsub("\n", ""))
        last = chunk:sub(-1)
    end
    return math.max(0, last == "\n" and lines or lines + 1)
end

--- Returns whether there is text in the cells from that one on.
local function has_text(cells, from)
    for i = from, #cells do
        if cells[i]:find "%S" then return true end
    end
    return false
end

--- The next row of a reader -> {cells =, line =} | {problem =, line =, raw =} | nil at the end | nil, the error that
--- ends reading
local function read(reader)
    local cells, line = reader:read()
    if cells then return {cells = cells, line = line} end
    if not line then return nil end
    if line.reason == "FILE_UNUSABLE" then return nil, line end
    return {problem = line, line = line.line, raw = line.raw}
end

--- The headings without the empty columns that spreadsheets write after the last.
local function headings_of(cells)
    local headings = table.move(cells, 1, #cells, 1, {})
    while #headings > 0 and not headings[#headings]:find "%S" do
        headings[#headings] = nil
    end
    return headings
end

--- Finds the headings: the line of the first ones that names most fields -> the columns, with `line`, has_title and `after`,
--- the rows that were read after it | nil, error
function reading.columns(reader, given)
    local rows, best, best_at = {}, nil, nil
    for at = 1, titles_most do
        local each, err = read(reader)
        if err then return nil, err end
        if not each then break end
        if each.cells then each.raw = reader:raw() end -- the reader has the text of the last row only
        rows[at] = each
        local found = each.cells and columns.match(headings_of(each.cells), given)
        if found and (not best or found.count > best.count) then best, best_at = found, at end
    end
    if rows[1] and rows[1].problem and not (best and best.count > 0) then return nil, rows[1].problem end
    local found, err = columns.check(best or columns.match({}, given))
    if not found then return nil, err end
    found.line, found.has_title = rows[best_at].line, best_at > 1
    found.after = table.move(rows, best_at + 1, #rows, 1, {})
    return found
end

--- A row that is rejected before it is a student.
local function broken_row(each, err)
    local self = {line = each.line, raw = each.raw}
    row.fail(self, err)
    return self
end

--- Whether a row has nothing in the columns of a student: a total below the list, a line for a signature, the end that
--- MS-DOS marks.
local function is_apart(each, found)
    if each.problem or has_text(each.cells, #found.headings + 1) then return false end
    for _, place in pairs(found.places) do
        if (each.cells[place] or ""):find "[^%s\x1A]" then return false end
    end
    return true
end

local function begins_as_note(cell)
    local text = aluno.fold(cell) or ""
    return text:find "^%s*total" or text:find "^%s*fonte:" or text:find "^%s*obs" or text:find "^%s*assinatura"
end

--- Whether a row is about the list: its headings once more, as on each page; or one cell alone, such as "Total: 30".
local function is_about_list(each, found)
    local filled, same = 0, 0
    for i, cell in ipairs(each.cells or {}) do
        if cell:find "%S" then
            filled = filled + 1
            same = same + (cell == found.headings[i] and 1 or 0)
        end
    end
    local first = filled == 1 and found.places.name and each.cells[found.places.name] or ""
    return filled > 1 and same == filled or first:find "%S" and begins_as_note(first)
end

--- A function that returns a file's next row as `read` does, from the one below the headings on.
local function rows_below(reader, found)
    local at = 0
    return function()
        at = at + 1
        if found.after[at] then return found.after[at] end
        return read(reader)
    end
end

--- Calls see(cell) for the cells of dates of birth: those of that column, and of the age's.
function reading.each_date(reader, found, see)
    for each in rows_below(reader, found) do
        for _, name in ipairs {"birth_date", "age"} do
            local place = found.places[name]
            if each.cells and place then see(each.cells[place] or "") end
        end
    end
end

--- A function that returns the file's next row, validated; nil after the last; nil and the error when the file cannot be
--- read on. It calls skip(line) for rows that have nothing of a student.
function reading.rows(reader, found, add_zeros, skip)
    local line_of = {} -- where each CPF is
    local next_one = rows_below(reader, found)
    --- The next row that has something of a student.
    local function next_full()
        while true do
            local each, err = next_one()
            local is_student = each and not is_apart(each, found) and not is_about_list(each, found)
            if not each or is_student then return each, err end
            if has_text(each.cells, 1) then skip(each.line) end
        end
    end
    return function()
        local each, err = next_full()
        if not each then return nil, err end
        if each.problem then return broken_row(each, each.problem) end
        -- With text below no heading, a row is not what it seems.
        if has_text(each.cells, #found.headings + 1) then
            each.raw = each.raw or reader:raw()
            return broken_row(each, select(2, core.fail "CSV_COLUMNS"))
        end
        local self = row.new(each.line, each.cells, found.places, add_zeros, found.is_month_first)
        local cpf = self.student and tonumber(self.student.br_document)
        if cpf then
            if line_of[cpf] then row.repeats(self, line_of[cpf]) end
            line_of[cpf] = line_of[cpf] or each.line
        end
        return self
    end
end

return reading
