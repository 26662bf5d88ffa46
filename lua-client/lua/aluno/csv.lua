-- aluno.csv: reads and writes CSV as spreadsheets do, row by row and in constant memory.
--
--   local reader <close>, err = aluno.csv.open("alunos.csv", {header = true})
--   for line, row, problem in reader:rows() do        -- row.nome, row.cpf; or nil and the error, and on it goes
--
-- A reader finds out by itself what the file is: its separator (by its first lines, or a line "sep=;" before them) and its
-- encoding. A writer quotes where it must. aluno.meta.lua describes their options.
local core = require "core"
local encodings = require "aluno.encodings"
local file_kind = require "aluno.file_kind"
local lists = require "aluno.lists"
local misuse = require "aluno.misuse"
local parser = require "aluno.csv_parser"

local io = io

local csv = {}

local chunk_size = 65536
local byte_order_mark = "\u{FEFF}"

--- Returns nil and the error of that reason, with its line.
local function fail(reason, detail, line)
    local _, err = core.fail(reason, detail)
    err.line = line
    return nil, err
end

--- The reader or writer that new(file, options, path) makes of the file, which it closes.
local function with_file(path, mode, new, options)
    local file, problem = io.open(path, mode)
    if not file then return fail("FILE_UNUSABLE", problem) end
    local self, err = new(file, options, path)
    if not self then file:close() end
    return self, err
end

-- ---- reading ----

local reader = {}
reader.__index = reader

local reader_options = {header = "boolean", separator = "string", encoding = "string", neutralised = "boolean"}

--- A function that returns the chunks of a text, of a file (its failures go to `state.problem`), or a function's own.
local function chunks_of(source, state)
    if type(source) == "function" then return source end
    if type(source) == "string" then return source:gmatch ".+" end -- all of it
    if io.type(source) ~= "file" then
        error("the source must be a text, an open file or a function, not a " .. type(source), 3)
    end
    return function()
        local chunk, problem = source:read(chunk_size)
        state.problem = problem
        return chunk
    end
end

local separators, sampled_lines = {";", ",", "\t", "|"}, 10

--- How often the separator is in each of the first lines, sorted.
local function counts_of(separator, lines)
    local counts = {}
    for i, line in ipairs(lines) do
        counts[i] = select(2, line:gsub("%" .. separator, ""))
    end
    table.sort(counts)
    return counts
end

--- Returns the separator that is the most frequent one in the first lines, outside quotes: in most of them, since a title
--- may stand above the headings; of those that are equal, over all.
local function guess_separator(head)
    local lines, best, most = {}, ",", 0
    local plain = ("\n" .. head):gsub('([\r\n;,|\t] *)"[^"]*"', "%1")
    for line in plain:gmatch "[^\r\n]*%S[^\r\n]*" do
        lines[#lines + 1] = line
        if #lines == sampled_lines then break end
    end
    for _, separator in ipairs(separators) do
        local counts, sum = counts_of(separator, lines), 0
        for _, count in ipairs(counts) do
            sum = sum + count
        end
        local value = sum == 0 and 0 or counts[(#counts + 1) // 2] * 1e6 + sum
        if value > most then best, most = separator, value end
    end
    return best
end

--- Recognises a file by its first bytes -> the offset and the line of its first row, its separator, its encoding
local function recognise(head, options)
    local at, line, encoding, separator = 1, 1, options.encoding or "auto", options.separator or "auto"
    if head:sub(1, #byte_order_mark) == byte_order_mark then at = #byte_order_mark + 1 end
    local named, after = head:match('^"?[sS][eE][pP]=([^"\r\n])[^\r\n]*\r?\n?()', at)
    if named then at, line = after, 2 end
    if separator == "auto" then separator = named or guess_separator(head:sub(at, at + chunk_size)) end
    return at, line, separator, encoding
end

--- The names of the columns -> true | nil, error. Spreadsheets may write empty columns after the last.
local function read_header(self)
    local names, line = self:read()
    if not names and line then return nil, line end
    names, line = names or {}, line or 1
    while #names > 1 and names[#names] == "" do
        names[#names] = nil
    end
    local seen = {}
    for i = 1, math.max(#names, 1) do
        local name = (names[i] or ""):match "^%s*(.-)%s*$"
        if name == "" or seen[name] then return fail("CSV_HEADER", tostring(i), line) end
        names[i], seen[name] = name, true
    end
    self.columns = names
    return true
end

local function fail_reading(self)
    local problem = self.problem
    self.problem = nil
    return fail("FILE_UNUSABLE", self.path and self.path .. ": " .. problem or problem)
end

--- A parser of the source, which is converted if it is UTF-16 -> parser, the text's beginning, whether it was converted
local function parser_of(source, options)
    local text = parser.new(source, options.neutralised)
    local head = text:head()
    local order = encodings.utf16_order(head)
    if not order and encodings.find(options.encoding or "auto") == "utf-16" then order = "little" end
    if not order then return text, head, false end
    local is_read = false
    local function bytes()
        if is_read then return source() end
        is_read = true
        return head
    end
    text = parser.new(encodings.from_utf16(bytes, order == "big"), options.neutralised)
    return text, text:head(), true
end

local function new_reader(source, options, path)
    local self = setmetatable({file = path and source, path = path}, reader)
    local head
    self.parser, head, self.is_utf16 = parser_of(chunks_of(source, self), options)
    if self.problem then return fail_reading(self) end
    if head:find "^\xFF\xFE\0\0" or head:find "^\0\0\xFE\xFF" then return fail("TEXT_NOT_UTF8", "UTF-32", 1) end
    local kind = file_kind.of(head)
    if kind then return file_kind.refuse(kind) end
    local at, line, separator, encoding = recognise(head, options)
    self.parser:start(at, line, separator, self.is_utf16 and "utf-8" or encoding)
    self.separator = separator
    if options.header then
        local fine, problem = read_header(self)
        if not fine then return nil, problem end
    end
    return self
end

--- csv.reader(source[, options]) -> reader | nil, error. The source is a text, a file opened for reading, or a
--- function that returns the next chunk of text and nil after the last, such as io.lines(path, 65536).
function csv.reader(source, options)
    return new_reader(source, misuse.check(options or {}, reader_options))
end

--- csv.open(path[, options]) -> reader | nil, error
function csv.open(path, options)
    return with_file(path, "rb", new_reader, misuse.check(options or {}, reader_options))
end

--- A row as a table by the names of the columns -> row | nil, reason, detail. Extra empty columns are
--- allowed because spreadsheets write them. Missing columns are empty.
local function by_names(columns, values)
    local row = {}
    for i = #columns + 1, #values do
        if values[i] ~= "" then return nil, "CSV_COLUMNS", ("%d > %d"):format(#values, #columns) end
    end
    for i, name in ipairs(columns) do
        row[name] = values[i] or ""
    end
    return row
end

--- reader:read() -> row, its line | nil, error (with err.line), after which the next row may be read | nil, nil at
--- the end
function reader:read()
    local line, row, reason, raw = self.parser:read()
    if not line then
        if self.problem then return fail_reading(self) end
        return nil
    end
    local detail
    if row and self.columns then row, reason, detail = by_names(self.columns, row) end
    if row then return row, line end
    local _, err = fail(reason, detail, line)
    err.raw = raw or self.parser:raw()
    return nil, err
end

--- reader:raw() -> the text of the row that was read last, as the file has it
function reader:raw()
    return self.parser:raw()
end

--- for line, row, problem in reader:rows() do … end: row is nil where there is a problem.
function reader:rows()
    return function()
        local row, line = self:read()
        if row then return line, row end
        if line then return line.line or 0, nil, line end
    end
end

--- reader:encodings() -> {{name = "cp850", rows = 3, example = "Conceição"}, …}: those of the rows so far that are not
--- ASCII. Each row has an encoding of its own: some files mix them.
function reader:encodings()
    local list = self.parser:encodings()
    if not self.is_utf16 then return list end
    return lists.map(list, function(each) return lists.copy(each, {name = "utf-16"}) end)
end

--- reader:encoding() -> "utf-8", "utf-16", "cp1252", "cp850", "cp860" or "macroman", several as "utf-8+cp1252"; "auto"
--- while all was ASCII
function reader:encoding()
    local names = lists.map(self:encodings(), function(each) return each.name end)
    return #names > 0 and table.concat(names, "+") or "auto"
end

--- reader:close(); also at the end of a <close> variable's scope. It does not close a file that the caller opened.
function reader:close()
    if self.file then self.file:close() end
    self.file = nil
end

reader.__close = reader.close

-- ---- writing ----

local writer = {}
writer.__index = writer

local writer_options = {columns = "table", separator = "string", excel = "boolean", neutralise = "boolean"}

--- A value as its column's text.
local function text_of(self, value)
    local kind = type(value)
    if kind == "number" or kind == "boolean" then return tostring(value) end
    if kind ~= "string" then error(("a column holds a %s"):format(kind), 4) end
    if self.neutralise and value:find "^'*[=+%-@\t\r]" then value = "'" .. value end
    if value:find(self.special) or value:find "^%s" or value:find "%s$" or value:find "^sep=" or value:find "^\xEF\xBB\xBF" then
        return '"' .. value:gsub('"', '""') .. '"'
    end
    return value
end

--- The line of a row: its values by these keys, or in their order.
local function line_of(self, row, keys)
    local texts = {}
    for i = 1, keys and #keys or row.n or #row do
        local value = row[keys and keys[i] or i]
        texts[i] = value == nil and "" or text_of(self, value)
    end
    local line = table.concat(texts, self.separator)
    return (line == "" and '""' or line) .. self.line_end -- an empty line would be no row
end

--- The results of an operation on a file -> true | nil, error
local function outcome(fine, problem)
    if fine then return true end
    return fail("FILE_UNUSABLE", problem)
end

local function new_writer(out, options, path)
    local separator = options.separator or options.excel and ";" or ","
    if not separator:find '^[^%w%s"]$' and separator ~= "\t" then
        error("option 'separator' must be one character, such as ; or ,", 3)
    end
    local self = setmetatable({
        out = type(out) == "function" and out or function(text) return out:write(text) end,
        file = path and out,
        columns = options.columns,
        separator = separator,
        special = '[%' .. separator .. '"\r\n]',
        line_end = options.excel and "\r\n" or "\n",
        neutralise = options.neutralise,
    }, writer)
    local head = (options.excel and byte_order_mark or "") ..
        (options.columns and line_of(self, options.columns) or "")
    if head ~= "" then
        local fine, err = outcome(self.out(head))
        if not fine then return nil, err end
    end
    return self
end

--- csv.writer(out[, options]) -> writer | nil, error. `out` is a file opened for writing, or a function that
--- takes the text and returns true, or nil and the problem.
function csv.writer(out, options)
    return new_writer(out, misuse.check(options or {}, writer_options))
end

--- csv.create(path[, options]) -> writer | nil, error
function csv.create(path, options)
    return with_file(path, "wb", new_writer, misuse.check(options or {}, writer_options))
end

--- writer:write(row) -> true | nil, error. Columns that are nil are empty. Columns that the writer lacks are ignored.
function writer:write(row)
    return outcome(self.out(line_of(self, row, self.columns)))
end

--- writer:close() -> true | nil, error. It fails if the last rows cannot be written.
function writer:close()
    local file = self.file
    self.file = nil
    if not file then return true end
    return outcome(file:close())
end

writer.__close = writer.close

return csv
