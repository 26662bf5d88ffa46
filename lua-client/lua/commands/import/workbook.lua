-- The rows of a sheet in an Excel workbook (.xlsx), read as those of CSV are, in constant memory but for the texts that
-- cells share. Office Open XML, ISO/IEC 29500: a ZIP archive of XML files.
--
-- Cells are texts: numbers as they are, dates as 2010-12-31. Bounded against hostile files: archive.c bounds what the
-- archive inflates to; here, the text of a cell, the texts that are shared, the columns and the cells of all rows.
local aluno = require "aluno"
local archives = require "program.archive"
local dates = require "commands.import.excel_dates"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"

local workbook = {}

local text = language.of {
    pt = {
        no_sheet = "não há a planilha %s; há: %s",
        broken = "a pasta de trabalho do Excel não pode ser lida: %s",
        damaged = "está incompleta ou danificada",
        broken_remedy = "abra-a no Excel e salve-a de novo, ou salve-a como \"CSV UTF-8 (delimitado por vírgulas)\"",
        part = "falta %s",
        large = "é grande demais",
        binary = "é uma pasta de trabalho binária (.xlsb): salve-a como .xlsx",
    },
    en = {
        no_sheet = "there is no sheet %s; there are: %s",
        broken = "the Excel workbook cannot be read: %s",
        damaged = "it is incomplete or damaged",
        broken_remedy = "open it in Excel and save it again, or save it as \"CSV UTF-8 (comma delimited)\"",
        part = "%s is missing",
        large = "it is too large",
        binary = "it is a binary workbook (.xlsb): save it as .xlsx",
    },
}

local cell_most, shared_most, columns_most, cells_most = 1 << 17, 64 << 20, 1024, 4000000

--- Whether workbooks can be read: the program may be built without.
workbook.is_available = archives.available

--- The metatable of errors that end reading.
local broken = {}

local function give_up(problem)
    error(setmetatable({problem = problem}, broken), 0)
end

--- The results of f, or nil and the error of a workbook that cannot be read.
local function guard(f, ...)
    local results = table.pack(pcall(f, ...))
    if results[1] then return table.unpack(results, 2, results.n) end
    local problem = results[2]
    if getmetatable(problem) ~= broken then error(problem, 0) end
    return nil, errors.new("FILE_UNUSABLE", text.broken:format(problem.problem), text.broken_remedy)
end

-- ---- parts ----

local function feed(entry)
    local more, problem = entry:feed()
    if problem then give_up(problem == "too large" and text.large or text.damaged) end
    return more
end

--- An entry of the archive, which is read by feed; nil when there is none.
local function open_part(self, name, handlers)
    local entry, problem = self.archive:entry(name, handlers)
    if problem then give_up(text.damaged) end
    return entry
end

--- Reads a whole part -> whether it is there
local function read_part(self, name, handlers)
    local entry <close> = open_part(self, name, handlers)
    while entry and feed(entry) do end
    return entry ~= nil
end

--- The parts that a part names: {id = {path =, kind =}}, kind as "worksheet".
local function relations_of(self, path)
    local folder, name = path:match "^(.-)([^/]*)$"
    local found = {}
    read_part(self, folder .. "_rels/" .. name .. ".rels", {start = function(element, attributes)
        if element ~= "Relationship" or not attributes.Target then return end
        local target = attributes.Target
        target = target:match "^/(.*)" or folder .. target
        repeat
            local count
            target, count = target:gsub("[^/]+/%.%./", "", 1)
        until count == 0
        found[attributes.Id or ""] = {path = target, kind = (attributes.Type or ""):match "[^/]*$"}
    end})
    return found
end

local function relation_of_kind(relations, kind)
    for _, relation in pairs(relations) do
        if relation.kind == kind then return relation.path end
    end
end

--- Collects the text of elements: {add = f(chunk), take = f() -> text}. It is bounded.
local function collector()
    local chunks, size = {}, 0
    return {
        add = function(chunk)
            size = size + #chunk
            if size > cell_most then give_up(text.large) end
            chunks[#chunks + 1] = chunk
        end,
        take = function()
            local all = table.concat(chunks)
            chunks, size = {}, 0
            -- Characters that XML does not have: _x000D_
            return (all:gsub("_x(%x%x%x%x)_", function(code) return utf8.char(tonumber(code, 16)) end))
        end,
    }
end

--- The texts that cells share, from 0 on; without their phonetic readings (rPh).
local function shared_texts(self, path)
    local list, count, total, inside, is_reading = {}, 0, 0, false, false
    local all = collector()
    read_part(self, path, {
        start = function(element)
            inside = element == "t" and not is_reading
            is_reading = is_reading or element == "rPh"
        end,
        text = function(chunk)
            if inside then all.add(chunk) end
        end,
        finish = function(element)
            inside = false
            if element == "rPh" then is_reading = false end
            if element ~= "si" then return end
            list[count] = all.take()
            total = total + #list[count] + 64
            if total > shared_most then give_up(text.large) end
            count = count + 1
        end,
    })
    return list
end

--- Which styles of cells, from 0 on, show a date.
local function date_styles(self, path)
    local formats, styles, count, inside = {}, {}, 0, false
    read_part(self, path, {
        start = function(element, attributes)
            if element == "numFmt" then formats[attributes.numFmtId or ""] = attributes.formatCode end
            if element == "cellXfs" then inside = true end
            if element ~= "xf" or not inside then return end
            styles[count] = dates.is_format(math.tointeger(tonumber(attributes.numFmtId)), formats[attributes.numFmtId])
            count = count + 1
        end,
        finish = function(element)
            if element == "cellXfs" then inside = false end
        end,
    })
    return styles
end

-- ---- sheets ----

--- The workbook's sheets: {{name =, path =, is_hidden =}, …}, and whether its dates count from 1904.
local function sheets_of(self, path, relations)
    local sheets, is_1904 = {}, false
    read_part(self, path, {start = function(element, attributes)
        if element == "workbookPr" then is_1904 = attributes.date1904 == "1" or attributes.date1904 == "true" end
        local relation = element == "sheet" and relations[attributes.id or ""]
        if not relation or relation.kind ~= "worksheet" then return end
        sheets[#sheets + 1] = {
            name = attributes.name or "", path = relation.path,
            is_hidden = attributes.state == "hidden" or attributes.state == "veryHidden",
        }
    end})
    return sheets, is_1904
end

--- The sheet of that name or number, or the first that is not hidden -> sheet | nil, error
local function choose(sheets, wanted)
    for i, sheet in ipairs(sheets) do
        if wanted and (sheet.name:lower() == wanted:lower() or tostring(i) == wanted) then return sheet end
        if not wanted and not sheet.is_hidden then return sheet end
    end
    if not wanted and sheets[1] then return sheets[1] end
    if #sheets == 0 then give_up(text.part:format "xl/worksheets") end
    local names = table.concat(lists.map(sheets, function(sheet) return sheet.name end), ", ")
    return nil, errors.new("ARGUMENT_INVALID", text.no_sheet:format(wanted, names), "")
end

--- The number of a column: 28 of "AB".
local function column_of(reference)
    local letters, number = (reference or ""):match "^%a+", 0
    if not letters then return nil end
    for letter in letters:sub(1, 5):upper():gmatch "." do
        number = number * 26 + letter:byte() - 64
    end
    return number
end

--- A number's text as it is meant: 61094170500 of 6.10941705E10.
local function number_text(value)
    local number = tonumber(value)
    local whole = number and math.tointeger(number)
    if whole and math.abs(number) < 1 << 53 then return tostring(whole) end
    return value
end

--- A cell's text, by its type and style.
local function cell_text(self, cell, value)
    if value == "" then return "" end
    if cell.kind == "s" then return self.shared[math.tointeger(tonumber(value))] or give_up(text.damaged) end
    if cell.kind == "b" then return value == "1" and "TRUE" or "FALSE" end
    if cell.kind == "d" then return value:match "^(%d+%-%d+%-%d+)" or value end
    if cell.kind and cell.kind ~= "n" then return value end
    local number = self.is_date[math.tointeger(tonumber(cell.style))] and tonumber(value)
    return number and dates.text(number, self.is_1904) or number_text(value)
end

--- The handlers that make rows of the sheet's events, in self.rows: {line =, cells =}.
local function handlers_of(self)
    local all, row, cell, inside, is_reading = collector(), nil, nil, false, false
    local function finish_cell()
        local value = cell_text(self, cell, all.take())
        if value == "" then return end
        if cell.column > columns_most then give_up(text.large) end
        for i = #row.cells + 1, cell.column - 1 do
            row.cells[i] = ""
        end
        row.cells[cell.column] = value
    end
    local start, finish = {}, {}
    function start.row(attributes)
        self.line = math.tointeger(tonumber(attributes.r)) or self.line + 1
        row, self.column = {line = self.line, cells = {}}, 0
    end
    function start.c(attributes)
        self.column = column_of(attributes.r) or self.column + 1
        cell = row and {kind = attributes.t, style = attributes.s, column = self.column}
    end
    function start.rPh() is_reading = true end
    function finish.rPh() is_reading = false end
    function finish.c()
        if cell then finish_cell() end
        cell = nil
    end
    function finish.row()
        if not row then return end
        self.cells = self.cells + #row.cells + 1
        if self.cells > cells_most then give_up(text.large) end
        if #row.cells > 0 then self.rows[#self.rows + 1] = row end
        row = nil
    end
    return {
        start = function(element, attributes)
            inside = cell and not is_reading and (element == "v" or element == "t")
            if start[element] then start[element](attributes) end
        end,
        text = function(chunk)
            if inside then all.add(chunk) end
        end,
        finish = function(element)
            inside = false
            if finish[element] then finish[element]() end
        end,
    }
end

-- ---- reading ----

local reader = {separator = ";"}
reader.__index = reader

local function open(path, wanted)
    local archive = archives.open(path)
    if not archive then give_up(text.damaged) end
    local self = setmetatable({archive = archive, rows = {}, first = 1, line = 0, column = 0, cells = 0}, reader)
    local main = relation_of_kind(relations_of(self, ""), "officeDocument") or "xl/workbook.xml"
    if main:find "%.bin$" then give_up(text.binary) end
    local relations = relations_of(self, main)
    self.sheets, self.is_1904 = sheets_of(self, main, relations)
    local sheet, err = choose(self.sheets, wanted)
    if not sheet then return nil, err end
    self.sheet = sheet.name
    local styles, shared = relation_of_kind(relations, "styles"), relation_of_kind(relations, "sharedStrings")
    self.is_date = styles and date_styles(self, styles) or {}
    self.shared = shared and shared_texts(self, shared) or {}
    self.entry = open_part(self, sheet.path, handlers_of(self)) or give_up(text.part:format(sheet.path))
    return self
end

--- workbook.open(path[, the name or the number of a sheet]) -> reader | nil, error. Without it, the first sheet that is not
--- hidden. The reader has `sheet`, the sheet's name, and `sheets`, {{name =}, …}.
function workbook.open(path, wanted)
    return guard(open, path, wanted)
end

local function next_row(self)
    while self.first > #self.rows do
        self.rows, self.first = {}, 1
        if not self.entry or not feed(self.entry) then
            self.entry = nil
            if #self.rows == 0 then return nil end
        end
    end
    self.first = self.first + 1
    return self.rows[self.first - 1]
end

--- reader:read() -> cells, line | nil, error | nil, nil at the end
function reader:read()
    local row, err = guard(next_row, self)
    if err then return nil, err end
    self.row = row
    if row then return row.cells, row.line end
end

--- The cells of the row that was read last as a line of CSV.
function reader:raw()
    local line
    local writer = aluno.csv.writer(function(written)
        line = written
        return true
    end, {separator = self.separator, neutralise = true})
    writer:write(self.row.cells)
    return (line:gsub("[\r\n]+$", ""))
end

--- The text in workbooks is Unicode: there is nothing to say.
function reader:encodings()
    return {}
end

function reader:close()
    self.archive:close()
end

reader.__close = reader.close

return workbook
