-- CSV: what is read can be written, and read again as the same; and it is the same in chunks, wherever they end. The first
-- byte chooses the options and the size of the chunks.
local csv, parser = aluno.csv, fuzz.require "aluno.csv_parser"

local function text_of(rows)
    local chunks = {}
    local writer = csv.writer(function(text)
        chunks[#chunks + 1] = text
        return true
    end)
    for _, row in ipairs(rows) do
        assert(writer:write(row))
    end
    return table.concat(chunks)
end

local function read(text, options)
    local rows, reader = {}, csv.reader(text, options)
    if not reader then return rows, false end
    for _, row, problem in reader:rows() do
        if row then
            rows[#rows + 1] = row
            reader:raw()
        else
            assert(problem and problem.reason, "a problem without a reason")
        end
    end
    reader:encodings()
    reader:close()
    return rows, true
end

local function in_chunks(text, size)
    local at = 1 - size
    return function()
        at = at + size
        return at <= #text and text:sub(at, at + size - 1) or nil
    end
end

--- All that the parser says of a text that comes in chunks of so many bytes, a line each. A reader would buffer 64 KiB first.
local function describe(text, size, separator, neutralised)
    local lines, rows = {}, parser.new(in_chunks(text, size), neutralised)
    rows:start(1, 1, separator, "auto")
    for line, row, reason, raw in rows.read, rows do
        lines[#lines + 1] = ("%d %s %s"):format(line, row and table.concat(row, "\0") or reason, row and rows:raw() or raw)
    end
    return table.concat(lines, "\n")
end

local separators, encodings = {"auto", ";", ",", "\t"}, {"auto", "utf-8", "cp1252", "utf-16"}

return function(bytes)
    local first = bytes:byte() or 0
    local options = {
        header = first & 1 == 1,
        separator = separators[(first >> 1 & 3) + 1],
        encoding = encodings[(first >> 3 & 3) + 1],
        neutralised = first >> 5 & 1 == 1,
    }
    local rows, is_read = read(bytes:sub(2), options)
    local separator = options.separator == "auto" and ";" or options.separator
    local whole = describe(bytes:sub(2), #bytes, separator, options.neutralised)
    local chunked = describe(bytes:sub(2), 1 << (first >> 6), separator, options.neutralised)
    assert(chunked == whole, "it is read otherwise in chunks")
    if options.header or not is_read then return end
    if rows[1] and rows[1][1]:lower():find "^sep=" then return end -- in quotes, too, it names the separator
    local again
    again, is_read = read(text_of(rows), {separator = ",", encoding = "utf-8"})
    if not is_read then return end -- control characters, as in what is no text
    assert(#again == #rows, "rows are lost")
    for i, row in ipairs(rows) do
        assert(#row == #again[i], "columns are lost")
        for j, column in ipairs(row) do
            assert(column == again[i][j], "a column has changed")
        end
    end
end
