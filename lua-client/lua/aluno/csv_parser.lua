-- Rows of CSV as RFC 4180 has them and spreadsheets write them: quotes, line ends inside them, CRLF, LF or CR.
--
-- A row is parsed again from its beginning when the buffered text ends inside it. Rows are bounded to `longest`. Of a
-- broken row (an open quote takes in all that follows) only the first line is lost: reading goes on behind it.
local utf8 = utf8

local parser = {}
parser.__index = parser

local longest = 1 << 20 -- bytes of a row
local quote = ('"'):byte()

-- ---- encodings ----

local encodings = {auto = true, ["utf-8"] = true, cp1252 = true}

--- Windows-1252 is Latin-1 except for 0x80 to 0x9F. Five bytes of these have no character (a space below): they keep
--- the control character of their number, as in browsers.
local from_cp1252 = {}
for byte = 0x80, 0xFF do
    from_cp1252[string.char(byte)] = utf8.char(byte)
end
local byte = 0x80
for character in ("€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ"):gmatch(utf8.charpattern) do
    if character ~= " " then from_cp1252[string.char(byte)] = character end
    byte = byte + 1
end

--- A column's text as UTF-8 | nil when it is not in the encoding. The first text that is not ASCII decides a file's
--- encoding, since text in Windows-1252 is hardly ever valid UTF-8.
local function decode(self, text)
    if not text:find "[\x80-\xFF]" then return text end
    if self.known_encoding == "auto" then self.known_encoding = utf8.len(text) and "utf-8" or "cp1252" end
    if self.known_encoding == "utf-8" then return utf8.len(text) and text end
    return (text:gsub("[\x80-\xFF]", from_cp1252))
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
    self.text, self.at = table.concat(texts), 1
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

--- Skips the first line of a broken row: the lines after it may be rows of their own.
local function skip_line(self)
    local stop = self.text:find("[\r\n]", self.at)
    while not stop and not self.ended do
        self.at = #self.text + 1
        fill(self)
        stop = self.text:find "[\r\n]"
    end
    self.at = stop or #self.text + 1
    skip_line_end(self)
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

--- The row that begins here -> row, where the next one begins, the lines that it spans | nil, the name of a reason |
--- nil when the buffered text ends inside it
local function parse(self)
    local text, at, row, count, lines = self.text, self.at, {}, 0, 1
    local limit = at + longest
    local may_grow = not self.ended and #text < limit
    repeat
        local column
        if text:byte(at) == quote then
            local after
            column, after = read_quoted(text, at, limit)
            if not column then return nil, not may_grow and "CSV_QUOTE" or nil end
            if column:find("\n", 1, true) then lines = lines + select(2, column:gsub("\n", "")) end
            at = after
        else
            local stop = text:find(self.stop, at) or #text + 1
            column, at = text:sub(at, stop - 1), stop
        end
        if at > #text and may_grow then return nil end
        if at >= limit then return nil, "TEXT_TOO_LONG" end
        column = decode(self, column)
        if not column then return nil, "TEXT_NOT_UTF8" end
        -- Removes the quote that csv.lua's writer puts before text that a spreadsheet would evaluate as a formula.
        if self.neutralised and column:find "^'+[=+%-@\t\r]" then column = column:sub(2) end
        count = count + 1
        row[count] = column
        local has_more = text:byte(at) == self.separator
        if has_more then at = at + 1 end
    until not has_more
    local after = text:match("^\r?\n?()", at)
    if after == at and at <= #text then return nil, "CSV_QUOTE" end
    if after > #text and may_grow and text:byte(at) == 13 and after == at + 1 then return nil end -- a LF may follow
    return row, after, lines
end

--- parser:read() -> its line, row (a list of texts) | line, nil, the name of a reason | nil at the end. Empty lines are
--- no rows.
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
        skip_line(self)
        self.line = line + 1
        return line, nil, after
    end
    self.at, self.line = after, line + lines
    return line, row
end

--- parser:encoding() -> "utf-8", "cp1252", or "auto" while there was nothing but ASCII
function parser:encoding()
    return self.known_encoding
end

--- parser:head() -> the text's beginning: at least its first line and the end of it, as far as a row may go
function parser:head()
    while not self.ended and #self.text < longest and not self.text:find "[\r\n]." do
        fill(self)
    end
    return self.text
end

--- parser:start(at, line, separator, encoding): the first row begins at that byte of the head, on that line.
function parser:start(at, line, separator, encoding)
    if not separator:find '^[^"\r\n]$' then error("option 'separator' must be one ASCII character", 4) end
    if not encodings[encoding] then error(("option 'encoding': invalid option '%s'"):format(encoding), 4) end
    self.at, self.line, self.separator, self.known_encoding = at, line, separator:byte(), encoding
    self.stop = "[" .. (separator:find "%w" and "" or "%") .. separator .. "\r\n]"
end

--- parser.new(source, neutralised) -> parser, to be started. `source` returns the next chunk of the text, nil after
--- the last.
function parser.new(source, neutralised)
    return setmetatable({source = source, neutralised = neutralised, text = "", at = 1, ended = false}, parser)
end

return parser
