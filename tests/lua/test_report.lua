-- Reports and charts: how students are counted, and how they are drawn on paper and in the terminal.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local bars = check.inside "commands.chart.bars"
local markup = check.inside "commands.report.markup"
local output = check.inside "client.output"
local page = check.inside "commands.report.page"
local svg = check.inside "commands.report.svg"
local tally = check.inside "client.tally"

local function counted(students)
    local counts = tally.new()
    for _, student in ipairs(students) do
        counts:add(student)
    end
    return counts
end

local function labels(bins)
    local texts = {}
    for i, bin in ipairs(bins) do
        texts[i] = bin.label .. "=" .. bin.count
    end
    return table.concat(texts, " ")
end

-- ---- counting ----

local function of_ages(...)
    local students = {}
    for i, age in ipairs {...} do
        students[i] = {age = age}
    end
    return counted(students)
end

check.same("nobody", {labels(of_ages():by_age(20)), of_ages():age_range() == nil}, {"", true})
check.same("one age", labels(of_ages(7, 7):by_age(20)), "7=2")
check.same("ages that none has are there", labels(of_ages(6, 9, 6):by_age(20)), "6=2 7=0 8=0 9=1")
check.same("many ages", labels(of_ages(6, 14, 19, 44):by_age(10)), "5 a 9=1 10 a 14=1 15 a 19=1 20 a 24=0 25 a 29=0 " ..
    "30 a 34=0 35 a 39=0 40 a 44=1")
check.same("as many bins as may be", #of_ages(0, 23):by_age(24), 24)
check.same("all ages", {#of_ages(0, 150):by_age(20), #of_ages(0, 150):by_age(2)}, {16, 4})
check.same("the range", of_ages(6, 6, 9):age_range(), {least = 6, most = 9, mean = 7.0})
check.same("an age that is not known", {counted({{}}).count, labels(counted({{}}):by_age(20))}, {1, ""})

local function of_days(...)
    local students = {}
    for i, day in ipairs {...} do
        local year, month, date = day:match "(%d+)-(%d+)-(%d+)"
        students[i] = {create_time = os.time {year = year, month = month, day = date, hour = 3} * 1000 // 1}
    end
    return counted(students)
end

local function by_time(most, ...)
    local bins, step = of_days(...):by_time(most)
    return step .. ": " .. labels(bins)
end

check.same("days", by_time(24, "2026-02-27", "2026-03-01", "2026-03-01"), "day: 27/02=1 28/02=0 01/03=2")
check.same("months", by_time(24, "2025-11-30", "2026-02-01", "2026-02-28"), "month: 11/2025=1 12/2025=0 01/2026=0 02/2026=2")
check.same("years", by_time(3, "2024-01-01", "2026-12-31"), "year: 2024=1 2025=0 2026=1")
check.same("no time", by_time(24), "year: ")

-- ---- the terminal ----

check.same("a bar", {bars.bar(3, true), bars.bar(2.5, true), bars.bar(0.01, true), bars.bar(0, true)},
    {"███", "██▌", "▏", ""})
check.same("a bar of ASCII", {bars.bar(3, false), bars.bar(0.01, false), bars.bar(0, false)}, {"###", "#", ""})
local bins = {{label = "9", count = 1000}, {label = "10", count = 1}, {label = "11", count = 0}}
check.same("a chart fits its width", bars.lines(bins, 20, false), {" 9 ############ 1000", "10 # 1", "11 0"})
check.same("of few students", bars.lines({{label = "9", count = 2}, {label = "10", count = 1}}, 80, false),
    {" 9 ######## 2", "10 #### 1"})
check.same("one that is too narrow", bars.lines(bins, 5, false)[1], " 9 ######## 1000")

-- ---- paper ----

check.same("escaped", markup.escape [[<a href="x">&'</a>]], "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;")
check.same("an element", markup.element("p", {"class", '"', "lang", "pt"}, "<b>x</b>"),
    '<p class="&quot;" lang="pt"><b>x</b></p>')
check.same("the scale", {svg.step(1, 4), svg.step(22, 4), svg.step(40, 4), svg.step(41, 4), svg.step(9999, 4)},
    {1, 10, 10, 20, 5000})

local function count_of(text, pattern)
    return select(2, text:gsub(pattern, ""))
end

local drawing = svg.bars(bins, "ages", "Idades <todas>", "9: 1000")
check.same("a chart has its texts", {drawing:find('<title id="ages-title">Idades &lt;todas&gt;</title>', 1, true) ~= nil,
    drawing:find('<desc id="ages-desc">9: 1000</desc>', 1, true) ~= nil, drawing:find('role="img"', 1, true) ~= nil},
    {true, true, true})
check.same("its bars", {count_of(drawing, "<rect"), count_of(drawing, ">1000</text>"), count_of(drawing, 'class="scale"')},
    {2, 1, 0})
local many = {}
for i = 1, 24 do
    many[i] = {label = "01/20" .. i, count = 123456 * i}
end
drawing = svg.bars(many, "x", "x", "x")
check.same("where numbers and labels would touch", {count_of(drawing, 'class="label"'), count_of(drawing, 'class="value"')},
    {12, 2})

local columns = output.columns(aluno.schema.messages.Student.fields, "nome,idade,cpf,nascimento,criado_em")
local function page_of(report, students)
    report.columns = columns
    local new = page.new(report)
    for _, student in ipairs(students) do
        new:add(student)
    end
    return new:html()
end

local student = {name = "<script>alert('x')</script>", age = 9, birth_date = "2017-03-05", br_document = "52998224725",
    create_time = 1795953600000, age_year = 2020}
local text = page_of({title = "7º <A>", school = '"E" & F', query = "52998224725 <b>"},
    {student, {name = "\u{202e}Bia", age = 10}})
local function has(part) return text:find(part, 1, true) ~= nil end
check.same("no markup from names", {has "<script", has "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"}, {false, true})
check.same("nor from the heading", {has "<h1>7º &lt;A&gt;</h1>", has '<p class="school">&quot;E&quot; &amp; F</p>',
    has "<title>7º &lt;A&gt; — &quot;E&quot; &amp; F</title>"}, {true, true, true})
check.same("CPFs are masked",
    {has "52998224725", has "529.982.247-25", has "***.982.247-**", has "Busca: ***.982.247-** &lt;b&gt;"},
    {false, false, true, true})
check.same("values as people read them", {has "9 (em 2020)", has "05/03/2017", has "2 alunos"}, {true, true, true})
check.same("nothing from elsewhere",
    {has "http://", has "https://", has " src=", has " href=", has "url(", has "@import"},
    {false, false, false, false, false, false})
check.same("a name in its own direction", has '<td dir="auto">\u{202e}Bia</td>', true)
check.same("a chart", {count_of(text, "<svg"), has "De 9 a 10 anos; em média, 9,5."}, {1, true})
text = page_of({full_cpf = true}, {student})
check.same("CPFs in full",
    {has "529.982.247-25", has "Idade de todos: 9.", has "1 aluno ·", has "<svg"}, {true, true, true, false})
text = page_of({}, {})
check.same("nobody on paper", {has "Nenhum aluno.", has "<table", has "<svg", has "0 alunos"}, {true, false, false, true})

-- The page does not fit the temporary folder: all but its end does. The substitute for Chromium prints the incomplete file.
local pipe = assert(io.popen("trap '' XFSZ; ulimit -f 8; /proc/$PPID/exe -e " .. check.inside("client.shell").quote [[
    local pdf = debug.getregistry()["aluno.require"] "commands.report.pdf"
    local printed, err = pdf.print("printf %PDF-1.7 >page.pdf;", ("x"):rep(4096 + 100))
    print(printed, err and err.message)]]))
local said = pipe:read "a"
pipe:close()
check.same("a page that is cut is not printed", said:find "^nil\to Chromium não gravou o PDF: .*File too large" ~= nil, true)
