-- luacheck: no max line length
-- Excel's workbooks: what their cells are, and files that are made to do harm.
local folder = arg[0]:match ".*/" or ""
local check = dofile(folder .. "check.lua")
local zip = dofile(folder .. "zip.lua")
local dates = check.inside "commands.import.excel_dates"
local workbook = check.inside "commands.import.workbook"

for _, case in ipairs {
    {14, nil, true}, {22, nil, true}, {0, nil, false}, {2, nil, false}, {20, nil, false}, {nil, nil, false}, {165, "dd/mm/yyyy", true},
    {166, '[$-416]d" de "mmmm;@', true}, {167, '0.00" dy"', false}, {168, "[Red]0", false}, {169, "h:mm AM/PM", false}, {170, "@", false},
    {171, "\\d0", false}, {172, "General", false},
} do
    check.same(("format %s %s"):format(case[1], case[2]), dates.is_format(case[1], case[2]), case[3])
end
for _, case in ipairs {
    {40301, false, "2010-05-03"}, {40301.75, false, "2010-05-03"}, {38839, true, "2010-05-03"}, {1, false, "1900-01-01"},
    {61, false, "1900-03-01"}, {0, false}, {-5, false}, {3000000, false}, {0.5, false},
} do
    check.same("day " .. case[1], dates.text(case[1], case[2]), case[3])
end

-- A workbook that is given up, as by Ctrl-C, is no file later.
local writer = check.inside "program.workbook"
if writer.available then
    local given_up = os.tmpname()
    os.remove(given_up)
    do
        local book = assert(writer.create(given_up, "Alunos", {"nome"}))
        assert(book:row {"Ana"})
    end
    collectgarbage()
    check.same("given up", io.open(given_up), nil)
    local book = assert(writer.create(given_up, "Alunos", {"nome"}))
    check.same("written", {book:row {"Ana"}, book:close(), os.remove(given_up)}, {true, true, true})
end

-- The library's temporary files do not fit, though the workbook would.
if writer.available and workbook.is_available then
    local quote = check.inside("client.shell").quote
    local name = os.tmpname()
    local exported = name .. ".xlsx"
    local pipe = assert(io.popen(("trap '' XFSZ; ulimit -f %s; /proc/$PPID/exe -e %s %s"):format("100", quote [[
        local students = {}
        for i = 1, 1000 do students[i] = {id = i, name = "Ana Lima", age = 9, br_document = "52998224725"} end
        local client = {list = function() return {students = students, total_size = #students} end}
        print(select(2, debug.getregistry()["aluno.require"]("commands.export.run").run(client, arg[1])).message)]],
        quote(exported))))
    local said = pipe:read "a"
    pipe:close()
    check.same("a workbook that is cut", said,
        "o arquivo não pode ser usado (a pasta de trabalho não foi gravada inteira; há espaço na pasta temporária do sistema?)\n")
    check.same("is no file", (io.open(exported)), nil)
    os.remove(name)
end

if not workbook.is_available then return end -- built without libzip or expat

local path = os.tmpname()

--- Writes the archive; an entry that is false is left out.
local function write(entries, change)
    local all = {
        ["[Content_Types].xml"] = "<Types/>",
        ["_rels/.rels"] = '<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ["xl/workbook.xml"] = '<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="7º B" sheetId="1" r:id="rId1"/></sheets></workbook>',
        ["xl/_rels/workbook.xml.rels"] = '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>' ..
            '<Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/>' ..
            '<Relationship Id="rId3" Type="x/styles" Target="../xl/styles.xml"/>' ..
            '<Relationship Id="rId4" Type="x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
    }
    for name, text in pairs(entries) do
        all[name] = text or nil
    end
    local bytes = zip.archive(all)
    local file <close> = assert(io.open(path, "wb"))
    file:write(change and change(bytes) or bytes)
end

local function sheet(rows)
    return '<?xml version="1.0"?><worksheet xmlns="main"><sheetData>' .. rows .. "</sheetData></worksheet>"
end

--- "line: a|b" for each row, or what is wrong.
local function rows(entries, wanted, change)
    write(entries, change)
    local reader <close>, err = workbook.open(path, wanted)
    if not reader then return err.message end
    local found = {}
    while true do
        local cells, line = reader:read()
        if not cells and line then return line.message end
        if not cells then return found end
        found[#found + 1] = line .. ": " .. table.concat(cells, "|")
    end
end

local shared = '<sst><si><t>nome</t></si><si><r><t>Jo</t></r><r><rPr/><t xml:space="preserve">ão da </t></r><r><t>Silva</t></r>' ..
    "<rPh><t>read so</t></rPh></si><si><t>a&amp;b_x000D_</t></si></sst>"
local styles = '<styleSheet><numFmts><numFmt numFmtId="165" formatCode="dd/mm/yyyy"/></numFmts><cellStyleXfs><xf numFmtId="14"/>' ..
    '</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></styleSheet>'

check.same("texts", rows {["xl/sharedStrings.xml"] = shared, ["xl/worksheets/sheet1.xml"] = sheet(
    '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row><row r="3"><c t="s"><v>2</v></c><c/>' ..
    '<c t="inlineStr"><is><r><t>Zé</t></r><t> Lima</t></is></c><c t="str"><f>A1</f><v>=1+1</v></c><c t="e"><v>#N/A</v></c>' ..
    '<c t="b"><v>1</v></c></row><row/>')}, {"2: nome||João da Silva", "3: a&b\r||Zé Lima|=1+1|#N/A|TRUE"})
check.same("numbers", rows {["xl/worksheets/sheet1.xml"] = sheet('<row><c><v>61094170500</v></c><c><v>6.10941705E10</v></c>' ..
    "<c><v>16.0</v></c><c><v>16.5</v></c><c><v>191</v></c><c><v>1e300</v></c><c><v>x</v></c></row>")},
    {"1: 61094170500|61094170500|16|16.5|191|1e300|x"})
local with_dates = sheet('<row><c s="1"><v>40301</v></c><c s="2"><v>40301.5</v></c><c s="0"><v>40301</v></c><c s="9"><v>1</v></c>' ..
    '<c t="d"><v>2010-05-03T00:00:00Z</v></c><c s="1" t="s"><v>0</v></c></row>')
check.same("dates", rows {["xl/styles.xml"] = styles, ["xl/sharedStrings.xml"] = shared, ["xl/worksheets/sheet1.xml"] = with_dates},
    {"1: 2010-05-03|2010-05-03|40301|1|2010-05-03|nome"})
check.same("dates from 1904", rows {["xl/styles.xml"] = styles, ["xl/worksheets/sheet1.xml"] = sheet '<row><c s="1"><v>38839</v></c></row>',
    ["xl/workbook.xml"] = '<workbook><workbookPr date1904="1"/><sheets><sheet name="a" r:id="rId1" xmlns:r="r"/></sheets></workbook>'},
    {"1: 2010-05-03"})

local two = {
    ["xl/workbook.xml"] = '<x:workbook xmlns:x="m" xmlns:q="r"><x:sheets><x:sheet name="Oculta" state="hidden" q:id="rId1"/>' ..
        '<x:sheet name="7º C" q:id="rId4"/></x:sheets></x:workbook>',
    ["xl/worksheets/sheet1.xml"] = sheet '<row><c t="str"><v>hidden</v></c></row>',
    ["xl/worksheets/sheet2.xml"] = '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="str"><x:v>c</x:v></x:c></x:row></x:sheetData></x:worksheet>',
}
check.same("the first one that is not hidden, with prefixes", rows(two), {"1: c"})
check.same("by name", rows(two, "oculta"), {"1: hidden"})
check.same("by number", rows(two, "2"), {"1: c"})
check.same("none of that name", rows(two, "8A"), "não há a planilha 8A; há: Oculta, 7º C")

-- Workbooks that are no good
local damaged, large = "a pasta de trabalho do Excel não pode ser lida: está incompleta ou danificada",
    "a pasta de trabalho do Excel não pode ser lida: é grande demais"
local one = {["xl/worksheets/sheet1.xml"] = sheet '<row><c t="str"><v>a</v></c></row>'}
check.same("cut", rows(one, nil, function(bytes) return bytes:sub(1, 400) end), damaged)
check.same("no ZIP", rows(one, nil, function() return "PK\3\4\20\0\6\0\8\0\0\0!\0" end), damaged)
check.same("nothing in it", rows {["_rels/.rels"] = false, ["xl/workbook.xml"] = false},
    "a pasta de trabalho do Excel não pode ser lida: falta xl/worksheets")
check.same("no sheet", rows {}, "a pasta de trabalho do Excel não pode ser lida: falta xl/worksheets/sheet1.xml")
check.same("no XML", rows {["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData><row>"}, damaged)
check.same("a binary one", rows {["_rels/.rels"] = '<R><Relationship Type="x/officeDocument" Target="xl/workbook.bin"/></R>'},
    "a pasta de trabalho do Excel não pode ser lida: é uma pasta de trabalho binária (.xlsb): salve-a como .xlsx")
check.same("entities that grow", rows {["xl/worksheets/sheet1.xml"] =
    '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'},
    damaged)
check.same("a file of the system", rows {["xl/worksheets/sheet1.xml"] =
    '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'},
    damaged)
check.same("a cell that inflates without end", rows {["xl/worksheets/sheet1.xml"] =
    zip.bomb("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>x", 4000)}, large)
check.same("a text that inflates without end", rows {["xl/sharedStrings.xml"] = zip.bomb("<sst><si><t>x", 4000),
    ["xl/worksheets/sheet1.xml"] = one["xl/worksheets/sheet1.xml"]}, large)
check.same("the last column", rows {["xl/worksheets/sheet1.xml"] = sheet '<row><c r="XFD1" t="str"><v>a</v></c></row>'}, large)
check.same("a column beyond all", rows {["xl/worksheets/sheet1.xml"] = sheet '<row><c r="ZZZZZZZZZZZZZZZZZZZZ1" t="str"><v>a</v></c></row>'},
    large)
check.same("odd numbers", rows {["xl/sharedStrings.xml"] = shared, ["xl/styles.xml"] = styles, ["xl/worksheets/sheet1.xml"] = sheet(
    '<row r="-7"><c r="A"/><c r="1"/><c/><c s="1"><v>1e999</v></c>' ..
    '<c s="1"><v>-1</v></c><c s="1"><v>nan</v></c></row><c><v>1</v></c><row r="x"><c t="str"><v>a</v></c></row>')},
    {"-7: |||1e999|-1|nan", "-6: a"})
for _, number in ipairs {"3", "-1", "1e9", "nan", "x"} do
    check.same("a text that is not there: " .. number, rows {["xl/sharedStrings.xml"] = shared, ["xl/worksheets/sheet1.xml"] =
        sheet('<row><c t="s"><v>' .. number .. "</v></c></row>")}, damaged)
end
check.same("deep", rows {["xl/worksheets/sheet1.xml"] = sheet(("<a>"):rep(200) .. ("</a>"):rep(200))}, {})
check.same("too deep, which takes memory", rows {["xl/worksheets/sheet1.xml"] = sheet(("<a>"):rep(300) .. ("</a>"):rep(300))}, large)
check.same("a tag without end, which takes time", rows {["xl/worksheets/sheet1.xml"] = zip.bomb('<worksheet a="x', 4000)}, large)
check.same("a comment without end", rows {["xl/worksheets/sheet1.xml"] = zip.bomb("<worksheet><!-- ", 4000)}, large)

-- The bound of all that is inflated
write {["a.xml"] = zip.bomb("<a> ", 4000)}
local archive <close> = assert(check.inside("program.archive").open(path, 1 << 20))
local entry <close> = archive:entry("a.xml", {})
local more, problem
repeat
    more, problem = entry:feed()
until not more
check.same("bounded", problem, "too large")
check.same("and ended", {entry:feed()}, {})
check.same("no such entry", {archive:entry("b.xml", {})}, {})
write {["a.xml"] = "<a/>"}
local other <close> = assert(check.inside("program.archive").open(path))
local raising <close> = other:entry("a.xml", {start = function() error "on purpose" end})
check.raises("an error in a handler", "on purpose", raising.feed, raising)

-- Whatever bytes are changed, it is read or refused.
local whole = {["xl/sharedStrings.xml"] = shared, ["xl/styles.xml"] = styles, ["xl/worksheets/sheet1.xml"] = with_dates}
local seed = 7
local function random(most)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 8 % most + 1
end
for _ = 1, 400 do
    rows(whole, nil, function(bytes)
        for _ = 1, random(4) do
            local at = random(#bytes)
            bytes = bytes:sub(1, at - 1) .. string.char(random(256) - 1) .. bytes:sub(at + (random(8) == 1 and 2 or 1))
        end
        return bytes
    end)
end
os.remove(path)
