-- The rows of a file that is imported, from its first line to its last.
local core = require "core"
local row = require "commands.import.row"

local reading = {}

--- The number of lines of a file below its first; nil if it cannot be read twice. Text in quotes may hold line ends, so
--- there may be fewer rows.
function reading.count_lines(path)
    local file <close> = io.open(path, "rb")
    if not file or not file:seek "end" then return nil end
    file:seek "set"
    local lines, last = -1, "\n"
    for chunk in file:lines(65536) do
        lines = lines + select(2, chunk:gsub("\n", ""))
        last = chunk:sub(-1)
    end
    return math.max(0, last == "\n" and lines or lines + 1)
end

--- The headings of the file, without the empty columns that spreadsheets write after the last -> list | nil, error
function reading.headings(reader)
    local headings, problem = reader:read()
    if not headings and problem then return nil, problem end
    headings = headings or {}
    while #headings > 0 and not headings[#headings]:find "%S" do
        headings[#headings] = nil
    end
    return headings
end

--- Returns whether there is text in the cells from that one on.
local function has_text(cells, from)
    for i = from, #cells do
        if cells[i]:find "%S" then return true end
    end
    return false
end

--- A row that is rejected before it is a student.
local function broken_row(line, cells, err)
    local self = {line = line, cells = cells}
    row.fail(self, err)
    return self
end

--- A function that returns the file's next row, validated; nil after the last; nil and the error when the file cannot be
--- read on.
function reading.rows(reader, found, add_zeros)
    local line_of = {} -- where each CPF is
    return function()
        local cells, line
        repeat
            cells, line = reader:read()
        until not cells or has_text(cells, 1)
        if not cells and not line then return nil end
        if not cells then
            if line.reason == "FILE_UNUSABLE" then return nil, line end
            return broken_row(line.line, {}, line)
        end
        -- With text below no heading, a row is not what it seems.
        if has_text(cells, #found.headings + 1) then return broken_row(line, cells, select(2, core.fail "CSV_COLUMNS")) end
        local self = row.new(line, cells, found.places, add_zeros)
        if self.student then
            local cpf = tonumber(self.student.br_document)
            if line_of[cpf] then row.repeats(self, line_of[cpf]) end
            line_of[cpf] = line_of[cpf] or line
        end
        return self
    end
end

return reading
