-- Rows of CSV as RFC 4180 has them and spreadsheets write them: quotes, line ends inside them, CRLF, LF or CR; spaces
-- around quotes.
--
-- A row is parsed again from its beginning when the buffered text ends inside it. Rows are bounded to `longest`. Of a
-- broken row (an open quote takes in all that follows) only the first line is lost: reading goes on behind it.
local encodings = require "aluno.encodings"

local utf8 = utf8

local parser = {}
parser.__index = parser

local longest = 1 << 20 -- bytes of a row
local quote = ('"'):byte()

-- ---- encodings ----

--- Counts a row in an encoding, with the first word of letters that shows it.
local function see(self, name, text)
    local seen = self.seen[name]
    if not seen then
        seen = {name = name, rows = 0}
        self.seen[name] = seen
        self.seen[#self.seen + 1] = seen
    end
    seen.rows = seen.rows + 1
    seen.example = seen.example or text:match "%f[%w\x80-\xFF][%a\x80-\xFF]*\xC3[\x80-\xBF][%a\x80-\xFF]*%f[^%w\x80-\xFF]"
end

local decisive = 3 -- by how much a row must read better in another code page than in the file's

--- The code page of bytes that are no UTF-8: that of the file, unless they clearly are in another.
local function page_of(self, bytes)
    local page, gain = encodings.judge(bytes, self.page)
    if page ~= self.page and gain < decisive then return self.page end
    return page
end

--- Converts a text to UTF-8, from the encoding that was given, else from the one that it is found to have -> text, encoding
--- (nil: ASCII) | nil when it is not in the encoding
local function decode(self, text, page)
    if not text:find "[\x80-\xFF]" then return text end
    local given = self.given_encoding
    if given == "utf-8" or given == "auto" and utf8.len(text) then return utf8.len(text) and text, "utf-8" end
    page = given == "auto" and page or given
    return encodings.decode(text, page), page
end

--- Decodes the columns of a row in place -> whether that is possible. Files mix encodings: each column that is no
--- UTF-8 is in the code page of the row.
local function decode_row(self, row)
    local bytes = {}
    for _, text in ipairs(row) do
        if not utf8.len(text) then bytes[#bytes + 1] = text end
    end
    local page = #bytes > 0 and self.given_encoding == "auto" and page_of(self, table.concat(bytes, "\n"))
    local counted = {}
    for i, text in ipairs(row) do
        local decoded, name = decode(self, text, page)
        if not decoded then return false end
        row[i] = decoded
        if name and not counted[name] then see(self, name, decoded) end
        counted[name or ""] = true
    end
    return true
end

--- Raw text as UTF-8, in any case.
local function decode_raw(self, text)
    return utf8.len(text) and text or encodings.decode(text, page_of(self, text))
end

-- ---- buffered text ----

--- Reads at least as much as is buffered, so that a long row is not copied for each of its chunks.
local function fill(self)
    local texts, size = {self.text:sub(self.at)}, 0
    repeat
        local chunk = self.source()
        if chunk ~= nil and type(chunk) ~= "string" then
            error("the source of CSV must return text or nil, not a " .. type(chunk), 0)
        end
        self.ended = not chunk
        texts[#texts + 1] = chunk
        size = size + #(chunk or "")
    until self.ended or size > 0 and size >= #texts[1]
    self.text, self.at, self.beyond_ascii = table.concat(texts), 1, nil
end

--- Skips CRLF, LF or CR -> whether there was one
local function skip_line_end(self)
    while self.at >= #self.text and not self.ended do
        fill(self)
    end
    local after = self.text:match("^\r?\n?()", self.at)
    local found = after > self.at
    self.at = after
    return found
end

--- Skips the first line of a broken row: the lines after it may be rows of their own -> that line, as far as a row may go
local function skip_line(self)
    local texts, size = {}, 0
    local function keep(text)
        if size < longest then texts[#texts + 1] = text:sub(1, longest - size) end
        size = size + #text
    end
    local stop = self.text:find("[\r\n]", self.at)
    while not stop and not self.ended do
        keep(self.text:sub(self.at))
        self.at = #self.text + 1
        fill(self)
        stop = self.text:find "[\r\n]"
    end
    keep(self.text:sub(self.at, stop and stop - 1 or -1))
    self.at = stop or #self.text + 1
    skip_line_end(self)
    return table.concat(texts)
end

-- ---- rows ----

--- The column in quotes that begins at `at` -> its text, where it ends | nil when nothing closes it before the limit
local function read_quoted(text, at, limit)
    local close, doubled = text:find('"', at + 1, true), false
    while close and text:byte(close + 1) == quote do
        close, doubled = text:find('"', close + 2, true), true
    end
    if not close or close >= limit then return nil end
    local column = text:sub(at + 1, close - 1)
    return doubled and column:gsub('""', '"') or column, close + 1
end

--- Whether the text from there on is ASCII up to there.
local function is_ascii(self, from, to)
    if not self.beyond_ascii or self.beyond_ascii < from then
        self.beyond_ascii = self.text:find("[\x80-\xFF]", from) or #self.text + 1
    end
    return self.beyond_ascii >= to
end

--- Where the quote is with which the column at `at` begins, spaces before it not counted; nil when it has none
local function opening(self, at)
    if self.text:byte(at) == quote then return at end
    return self.text:match('^ +()"', at)
end

--- The column in quotes at `at` -> its text, where what follows it begins | nil when nothing closes it | false when there
--- is text after it
local function take_quoted(self, at, limit)
    local column, after = read_quoted(self.text, at, limit)
    if not column then return nil end
    after = self.text:match("^ *()", after)
    local ends = after > #self.text or self.text:find("^" .. self.stop, after)
    if ends then return column, after end
    return false
end

--- The row that begins here -> row, where the next one begins, the lines that it spans | nil, the name of a reason |
--- nil when the buffered text ends inside it
local function parse(self)
    local text, at, row, count, lines = self.text, self.at, {}, 0, 1
    local limit = at + longest
    local may_grow = not self.ended and #text < limit
    repeat
        local column
        local quoted_at = opening(self, at)
        if quoted_at then
            local after
            column, after = take_quoted(self, quoted_at, limit)
            if column == nil and may_grow then return nil end
            if not column and quoted_at == at then return nil, "CSV_QUOTE" end
            if column and column:find("\n", 1, true) then lines = lines + select(2, column:gsub("\n", "")) end
            at = after or at
        end
        if not column then
            local stop = text:find(self.stop, at) or #text + 1
            column, at = text:sub(at, stop - 1), stop
        end
        if at > #text and may_grow then return nil end
        if at >= limit then return nil, "TEXT_TOO_LONG" end
        -- Removes the quote that csv.lua's writer puts before text that a spreadsheet would evaluate as a formula.
        if self.neutralised and column:find "^'+[=+%-@\t\r]" then column = column:sub(2) end
        count = count + 1
        row[count] = column
        local has_more = text:byte(at) == self.separator
        if has_more then at = at + 1 end
    until not has_more
    local after = text:match("^\r?\n?()", at)
    if after > #text and may_grow and text:byte(at) == 13 and after == at + 1 then return nil end -- a LF may follow
    if not is_ascii(self, self.at, after) and not decode_row(self, row) then return nil, "TEXT_NOT_UTF8" end
    return row, after, lines
end

--- parser:read() -> its line, row (a list of texts) | line, nil, the name of a reason, the line's text | nil at the end.
--- Empty lines are no rows.
function parser:read()
    while skip_line_end(self) do
        self.line = self.line + 1
    end
    if self.at > #self.text then return nil end
    local row, after, lines = parse(self)
    while not row and not after do
        fill(self)
        row, after, lines = parse(self)
    end
    local line = self.line
    if not row then
        local raw = decode_raw(self, skip_line(self))
        self.line = line + 1
        return line, nil, after, raw
    end
    self.row_at, self.at, self.line = self.at, after, line + lines
    return line, row
end

--- parser:raw() -> the text of the row that was read last
function parser:raw()
    return (decode_raw(self, self.text:sub(self.row_at, self.at - 1)):gsub("[\r\n]+$", ""))
end

--- parser:encodings() -> {{name =, rows =, example =}, …}: those of the rows so far that are not ASCII, by their first
--- one.
function parser:encodings()
    return self.seen
end

local look_ahead = 65536

--- parser:head() -> the text's beginning, by which its separator and its code page are found
function parser:head()
    while not self.ended and (#self.text < look_ahead or #self.text < longest and not self.text:find "[\r\n].") do
        fill(self)
    end
    return self.text
end

--- parser:start(at, line, separator, encoding): the first row begins at that byte of the head, on that line.
function parser:start(at, line, separator, encoding)
    if not separator:find '^[^"\r\n]$' then error("option 'separator' must be one ASCII character", 4) end
    self.given_encoding = encodings.find(encoding)
    if not self.given_encoding then error(("option 'encoding': invalid option '%s'"):format(encoding), 4) end
    if self.given_encoding == "utf-16" then self.given_encoding = "utf-8" end -- csv.lua has converted it
    self.at, self.line, self.separator = at, line, separator:byte()
    self.stop = "[" .. (separator:find "%w" and "" or "%") .. separator .. "\r\n]"
    local bytes = {}
    for each in self.text:sub(1, look_ahead):gmatch "[^\r\n]+" do
        if not utf8.len(each) then bytes[#bytes + 1] = each end
    end
    local page, gain = encodings.judge(table.concat(bytes, "\n"))
    self.page = gain > 0 and page or "cp1252"
end

--- parser.new(source, neutralised) -> parser, to be started. `source` returns the next chunk of the text, nil after
--- the last.
function parser.new(source, neutralised)
    return setmetatable({source = source, neutralised = neutralised, text = "", at = 1, ended = false, seen = {}}, parser)
end

return parser
