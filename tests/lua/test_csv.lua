-- CSV: Excel's files, broken files, and round trips.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")

--- "line: columns" for each row of a text, "line: REASON" for each broken one.
local function rows(source, options)
    local reader = assert(aluno.csv.reader(source, options))
    local found = {}
    for line, row, problem in reader:rows() do
        found[#found + 1] = line .. ": " .. (row and table.concat(row, "|") or problem.reason)
    end
    return found, reader
end

for _, case in ipairs {
    {"nothing", "", {}},
    {"a line without an end", "a,b", {"1: a|b"}},
    {"every end of a line", "a\nb\r\nc\rd", {"1: a", "2: b", "3: c", "4: d"}},
    {"empty lines are no rows", "\n\na\n\r\nb\n\n", {"3: a", "5: b"}},
    {"empty columns", "a,,\n,,\n", {"1: a||", "2: ||"}},
    {"quotes", '"a,b","c""d",""\n', {'1: a,b|c"d|'}},
    {"a line end in quotes", '"a\r\nb\n",c\nd,e\n', {"1: a\r\nb\n|c", "4: d|e"}},
    {"quotes inside a plain text are text", "D'Ávila \"Zé\",b\n", {"1: D'Ávila \"Zé\"|b"}},
    {"semicolons", "a;b,c\nd;e\n", {"1: a|b,c", "2: d|e"}},
    {"tabs", "a\tb\n", {"1: a|b"}},
    {"quoted separators do not count", '"a,b,c,d";e\n', {"1: a,b,c,d|e"}},
    {"a line that names the separator", "sep=;\r\na,b,c;d\r\n", {"2: a,b,c|d"}},
    {"a mark at the beginning", "\u{FEFF}é;b\n", {"1: é|b"}},
    {"text after a quote", 'a,b\n"c"d,e\nf,g\n', {"1: a|b", "2: CSV_QUOTE", "3: f|g"}},
    {"a quote that nobody closes costs its line alone", 'a,"b\nc,d\ne,f\n', {"1: CSV_QUOTE", "2: c|d", "3: e|f"}},
    {"a quote closed by a later row's", 'a,"b\nc,d\n"e",f\ng,h\n',
        {"1: CSV_QUOTE", "2: c|d", "3: e|f", "4: g|h"}},
    {"Windows-1252", "Jo\xE3o;\x80\nA\xE7\xE3o;x\n", {"1: João|€", "2: Ação|x"}},
    {"rows of several encodings", "é,a\nJos\xE9,b\nc,d\nConcei\x87\xC6o,é\n",
        {"1: é|a", "2: José|b", "3: c|d", "4: Conceição|é"}},
    {"CP850", "Concei\x87\xC6o,a\nJO\xC7O,b\n", {"1: Conceição|a", "2: JOÃO|b"}},
    {"Mac OS", "Concei\x8D\x8Bo,a\nJos\x8E,b\n", {"1: Conceição|a", "2: José|b"}},
    {"capitals of Windows-1252", "LOUREN\xC7O,a\nJO\xC3O,b\n", {"1: LOURENÇO|a", "2: JOÃO|b"}},
    {"UTF-16", "\xFF\xFEJ\0o\0\xE3\0o\0\t\0" .. "\x42\xD8\xB7\xDF\r\0\n\0a\0\t\0b\0", {"1: João|𠮷", "2: a|b"}},
    {"UTF-16 without its mark, beginning beyond ASCII", "\x14\x20n\0o\0;\0b\0\n\0\x13\x20;\0\xED\0", {"1: —no|b", "2: –|í"}},
    {"UTF-16, the other order, without its mark", "\0n\0o\0m\0e\0;\0b\0\n\0\xE3\0;\0b", {"1: nome|b", "2: ã|b"}},
    {"half a pair", "\xFF\xFEa\0;\0\x42\xD8b\0;", {"1: a|\u{FFFD}b\u{FFFD}"}},
    {"spaces around quotes", '"a, b" , "c" ,  "d""e"  \n', {'1: a, b|c|d"e'}},
    {"a quote after a space may be text", 'Rui, "Zé" Alves,b\nc, "d\n', {'1: Rui| "Zé" Alves|b', '2: c| "d'}},
    {"its name in capitals", "SEP=;\r\na,b,c;d\r\n", {"2: a,b,c|d"}},
    {"its name in quotes, with CR", '"sep=|"\ra|b,c,d\r', {"2: a|b,c,d"}},
    {"its name with more separators", "sep=;;;\na;b,c,d\n", {"2: a|b,c,d"}},
    {"a heading of two lines", '"Nome\ndo aluno, completo";idade;cpf\nRui;16;1\n',
        {"1: Nome\ndo aluno, completo|idade|cpf", "3: Rui|16|1"}},
    {"a title above the headings", "Escola A, B, C, D\n\nnome;idade;cpf\nSilva, Ana;9;1\nLima, Rui;8;2\n",
        {"1: Escola A, B, C, D", "3: nome|idade|cpf", "4: Silva, Ana|9|1", "5: Lima, Rui|8|2"}},
} do
    check.same(case[1], (rows(case[2])), case[3])
    local at = 0
    local chunked = assert(aluno.csv.reader(function()
        at = at + 1
        return case[2]:sub(at, at) ~= "" and case[2]:sub(at, at) or nil
    end, {separator = case[2]:find "^sep=" and "auto" or select(2, rows(case[2])).separator}))
    local count = 0
    for _ in chunked:rows() do count = count + 1 end
    check.same(case[1] .. ", byte by byte", count, #case[3])
end

check.same("an encoding that is given", (rows("\xC3\xA3\n", {encoding = "cp1252"})), {"1: Ã£"})
check.same("UTF-8 that breaks", (rows("é,a\n\xE9,b\nc,d\n", {encoding = "UTF-8"})), {"1: é|a", "2: TEXT_NOT_UTF8", "3: c|d"})
check.same("another name of it", (rows("\xC3\xA3\n", {encoding = "Latin-1"})), {"1: Ã£"})
check.same("encodings, with an example", select(2, rows "a;Conceição Lima\nJos\xE9 de Tal;b\nb;é\n").parser:encodings(), {
    {name = "utf-8", rows = 2, example = "Conceição"}, {name = "cp1252", rows = 1, example = "José"},
    ["utf-8"] = {name = "utf-8", rows = 2, example = "Conceição"}, cp1252 = {name = "cp1252", rows = 1, example = "José"},
})
check.same("several", select(2, rows "a;é\n\xE9;b\n"):encoding(), "utf-8+cp1252")
check.same("UTF-16 is named", select(2, rows "\xFF\xFE\xE9\0"):encoding(), "utf-16")
check.same("encodings as they were found", {
    select(2, rows "a\n"):encoding(), select(2, rows "é\n"):encoding(), select(2, rows "\xE9\n"):encoding(),
}, {"auto", "utf-8", "cp1252"})
check.same("a row that is too long", (rows("a\n" .. ("x"):rep(1100000) .. "\nb\n", {separator = ","})),
    {"1: a", "2: TEXT_TOO_LONG", "3: b"})
check.same("a quote that is too long", (rows('"' .. (("x"):rep(99) .. "\n"):rep(11000) .. '"\nb\n'))[1], "1: CSV_QUOTE")

-- The first line's names
local function named(text, options)
    local reader, err = aluno.csv.reader(text, {header = true, table.unpack(options or {})})
    if not reader then return err.reason .. " " .. tostring(err.detail) end
    local found = {}
    for line, row, problem in reader:rows() do
        found[#found + 1] = row or line .. " " .. problem.reason
    end
    return found
end

check.same("rows by name", named "nome; cpf;;\nAna;1;;\nBia\n", {{nome = "Ana", cpf = "1"}, {nome = "Bia", cpf = ""}})
check.same("a column too many", named "nome;cpf\nJoão; Silva;1\nBia;2\n", {"2 CSV_COLUMNS", {nome = "Bia", cpf = "2"}})
check.same("a name twice", named "nome;nome\n", "CSV_HEADER 2")
check.same("no name", named "nome;;cpf\n", "CSV_HEADER 2")
check.same("no first line", named "", "CSV_HEADER 1")
check.same("UTF-32", named "\xFF\xFE\0\0n\0\0\0", "TEXT_NOT_UTF8 UTF-32")

-- The raw text of a row: broken ones are kept whole
local function raw_of(text)
    local reader = assert(aluno.csv.reader(text, {separator = ";"}))
    local found = {}
    for _, row, problem in reader:rows() do
        found[#found + 1] = row and reader:raw() or problem.raw
    end
    return found
end

check.same("the text of rows", raw_of(
    '"Rui \\"Z\xE9\\" A";16\r\n "b" ;"c\nd"\n"e;\n'), {'"Rui \\"Zé\\" A";16', ' "b" ;"c\nd"', '"e;'})
check.same("as far as a row may go", #raw_of(("x"):rep(1100000) .. "\n")[1], 1 << 20)

-- Files that are no CSV
for kind, head in pairs {
    ["pasta de trabalho do Excel (.xlsx)"] = "PK\3\4\20\0\6\0\8\0\0\0!\0",
    ["planilha do LibreOffice"] = "PK\3\4" .. ("\0"):rep(26) .. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    ["97-2003"] = "\xD0\xCF\x11\xE0\xA1",
    ["um PDF"] = "%PDF-1.7\n", ["página HTML"] = "\u{FEFF}\n <!DOCTYPE html><html>", ["HTML"] = "<table border=1>",
    ["é XML"] = '<?xml version="1.0"?><Workbook>', ["RTF"] = "{\\rtf1", ["(.gz)"] = "\x1F\x8B\8", ["JSON"] = '[{"name": "Ana"}]',
    ["imagem"] = "\x89PNG\r\n", ["(.7z ou .rar)"] = "7z\xBC\xAF\x27\x1C\0\1", ["Numbers"] = "PK\3\4" .. "Index/Document.iwa",
    ["e-mail"] = "MIME-Version: 1.0\nContent-Type: multipart/related\n", ["não é um texto"] = "\x7FELF\2\1\1\0\0\0",
} do
    local reader, err = aluno.csv.reader(head)
    check.same(kind, {reader, err.reason, err.message:find(kind, 1, true) ~= nil, err.remedy ~= ""},
        {nil, "FILE_NOT_CSV", true, true})
end

-- Files
local path = os.tmpname()
local _, err = aluno.csv.open "/nowhere/alunos.csv"
check.same("a file that is missing", {err.reason, aluno.exit_code(err)}, {"FILE_UNUSABLE", 2})
_, err = aluno.csv.open "/"
check.same("a folder", err.reason, "FILE_UNUSABLE")
_, err = aluno.csv.create "/nowhere/alunos.csv"
check.same("a folder that is missing", err.reason, "FILE_UNUSABLE")

local texts = {"João;D'Ávila", 'a "b"', "", " c ", "d\r\ne", "=1+1", "+5", "-5", "@x", "\tt", "\rr", "'=1", "''", "'a",
    "sep=x", "\u{FEFF}", "'"}

local function round_trip(title, options, back)
    local writer = assert(aluno.csv.create(path, options))
    assert(writer:write(texts))
    for _, text in ipairs(texts) do
        assert(writer:write {text})
    end
    assert(writer:close())
    local reader <close> = assert(aluno.csv.open(path, back))
    check.same(title, reader:read(), texts)
    for _, text in ipairs(texts) do
        check.same(title .. ", alone", reader:read(), {text})
    end
    check.same(title .. ", the end", {reader:read()}, {})
end

round_trip("a round trip", {})
round_trip("a round trip by Excel's form", {excel = true})
round_trip("a round trip past formulas", {excel = true, neutralise = true}, {neutralised = true})

local written = {}
local function keep(text)
    written[#written + 1] = text
    return true
end

aluno.csv.writer(keep):write {"\u{FEFF}a"}
check.same("a text that begins with a byte order mark", aluno.csv.reader(table.remove(written)):read(), {"\u{FEFF}a"})

local writer = assert(aluno.csv.writer(keep, {columns = {"nome", "idade", "ok"}, excel = true, neutralise = true}))
writer:write {nome = "=A1", idade = -5, ok = true, outro = "x"}
writer:write {idade = 9}
check.same("what Excel reads", table.concat(written), "\u{FEFF}nome;idade;ok\r\n'=A1;-5;true\r\n;9;\r\n")
_, err = assert(aluno.csv.writer(function() return nil, "no space" end)):write {"a"}
check.same("a disk that is full", {err.reason, err.detail}, {"FILE_UNUSABLE", "no space"})

check.raises("an option unknown", "there is no option 'heder'", aluno.csv.reader, "", {heder = true})
check.raises("an option of the wrong type", "option 'header' must be a boolean, not a string", aluno.csv.reader, "",
    {header = "yes"})
check.raises("an encoding unknown", "invalid option 'latin'", aluno.csv.reader, "", {encoding = "latin"})
check.raises("a separator of two characters", "one ASCII character", aluno.csv.reader, "", {separator = ";;"})
check.raises("a source that is none", "must be a text, an open file or a function, not a table", aluno.csv.reader, {})
check.raises("a source of numbers", "must return text or nil, not a number", rows, function() return 5 end)
check.raises("a column of a table", "a column holds a table", writer.write, writer, {nome = {}})

-- A source that may not be called once more at its end
local file = assert(io.open(path, "wb"))
file:write "a,b\n"
file:close()
check.same("a source of one line", (rows(io.lines(path, 65536))), {"1: a|b"})

-- Many rows, in constant memory
writer = assert(aluno.csv.create(path, {columns = {"nome", "cpf"}}))
for i = 1, 50000 do
    writer:write {nome = "João, " .. i, cpf = aluno.cpf.generate(i)}
end
writer:close()
collectgarbage()
local before, most, count = collectgarbage "count", 0, 0
local reader <close> = assert(aluno.csv.open(path, {header = true}))
for _, row in reader:rows() do
    count = count + 1
    if count % 1000 == 0 then most = math.max(most, collectgarbage "count") end
    assert(row.nome == "João, " .. count)
end
check.same("all of them", count, 50000)
check.same("in less than 2 MB", most - before < 2000, true)
os.remove(path)
