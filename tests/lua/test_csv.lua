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
    {"UTF-8 that breaks", "é,a\n\xE9,b\nc,d\n", {"1: é|a", "2: TEXT_NOT_UTF8", "3: c|d"}},
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
check.same("UTF-16", named "\xFF\xFEn\0", "TEXT_NOT_UTF8 UTF-16")

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
