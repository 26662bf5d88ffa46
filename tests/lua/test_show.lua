-- Text for people: tables, JSON lines, Lua values.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local json_lines = check.inside "client.json_lines"
local show = check.inside "aluno.show"
local grid = check.inside "client.grid"
local terminal = check.inside "program.terminal"

terminal.colour = false
local lines = table.concat(grid.lines(check.inside("client.schema").columns "Student", {
    {id = 1, name = "João", age = 9, br_document = "12312312313", email = "j@x.org", etag = "1-a"},
    {id = 12, name = "Ana Conceição", age = 120, br_document = "52998224725", email = "ana@example.com"},
}), "\n")
check.same("columns line up whatever the accents", lines, [[
id  nome           idade  cpf             email
 1  João               9  123.123.123-13  j@x.org
12  Ana Conceição    120  529.982.247-25  ana@example.com]])

local columns = {{name = "id", name_pt = "id", kind = "int", presence = "output"},
    {name = "nickname", name_pt = "apelido", kind = "text", presence = "optional"}}
check.same("an optional column that none has is left out", grid.lines(columns, {{id = 1}, {id = 2}}), {"id", " 1", " 2"})
check.same("one that some have is not", grid.lines(columns, {{id = 1}, {id = 2, nickname = "Bia"}}),
    {"id  apelido", " 1", " 2  Bia"})

lines = table.concat(grid.lines(check.inside("client.schema").columns "Student", {
    {id = 1, name = "Ana", age = 9, birth_date = "2017-03-05"},
    {id = 2, name = "Bia", age = 16, age_year = 2020},
    {id = 3, name = "Caio", age = 16, age_year = math.tointeger(os.date "%Y")},
}), "\n")
check.same("a birth date, and an age that was typed in another year", lines, [[
id  nome         idade  nascimento  cpf  email
 1  Ana              9  05/03/2017
 2  Bia   16 (em 2020)
 3  Caio            16]])

check.same("width of accents", {terminal.width "João", terminal.width "日本", terminal.width ""}, {4, 4, 0})

check.same("JSON text", aluno.json.encode 'a"b\\c\n\1é', [["a\"b\\c\n\u0001é"]])
check.same("a success", json_lines.success(check.method "obter", {id = 5, name = "Ana"}),
    '{"status": "OK", "message": "ok", "data": {"id": 5, "name": "Ana"}}')
check.same("a failure",
    json_lines.failure {code = "INVALID_ARGUMENT", message = "m", reason = "R", violations = {{field = "f", reason = "X"}}},
    '{"status": "INVALID_ARGUMENT", "message": "m", "reason": "R", "violations": [{"field": "f", "reason": "X"}]}')

local controls = "a\27\127\0\r\nb\u{9B}c\u{202E}\u{2067}é\\\""
check.same("controls are escaped", show.quote(controls), [["a\x1b\x7f\x00\x0d\nb\xc2\x9bc\xe2\x80\xae\xe2\x81\xa7é\\\""]])
check.same("as Lua reads them", load("return " .. show.quote(controls))(), controls)
check.same("values", show.results(1, "a", nil, {1, b = {}, a = 'x"\n'}),
    '1\ta\tnil\t{\n    1,\n    a = "x\\"\\n",\n    b = {}\n}')
check.same("what stands behind a nil", show.value {nil, "x", n = 2}, '{\n    [2] = "x",\n    n = 2\n}')
check.same("errors as their sentence", show.results(aluno.cpf.parse "1"),
    "nil\tO CPF deve ter 11 dígitos (1). Informe todos os 11, inclusive zeros à esquerda")
local cycle = {}
cycle.again = cycle
check.same("a table in itself ends", show.value(cycle):find "{…}" ~= nil, true)
local many, wide = {}, {}
for i = 1, 1000 do
    many[i], wide[i] = {i, {i}}, ("é"):rep(10000)
end
check.same("the lines are bounded", {select(2, show.value(many):gsub("\n", "")) < 1000, show.value(many):find "…" ~= nil},
    {true, true})
check.same("and their width", #show.value {wide[1]} < 1100 and utf8.len(show.value {wide[1]}) ~= nil, true)
check.same("all of the module, within bounds", #show.value(aluno) < 100000, true)

-- Values are compared by what they hold.
local equal, errors = check.inside "aluno.equal", {}
for _, case in ipairs {
    {true, {}, {}}, {true, {1, {a = "x"}}, {1, {a = "x"}}}, {true, {[2] = 1}, {nil, 1}}, {true, print, print},
    {false, {nil, "a"}, {nil, "b"}}, {false, {1}, {1, 2}}, {false, {1, 2}, {1}}, {false, {a = 1}, {b = 1}},
    {false, 1, 1.0}, {false, "1", 1}, {false, {{}}, {{1}}}, {false, nil, false}, {false, {}, nil},
    {false, {f = print}, {f = pairs}},
} do
    errors[#errors + 1] = equal(case[2], case[3]) ~= case[1] and show.value(case, true) or nil
end
check.same("equal or not, as they should be", errors, {})
local other = {}
other.again = other
check.same("tables in themselves", {equal(cycle, other), equal(cycle, {again = {again = 1}})}, {true, false})
local second = {again = {}}
second.again.again = second
check.same("tables in themselves, one at every second step", {equal(cycle, second), equal(second, cycle)}, {true, true})
check.same("aluno.test.equal reports both", select(2, pcall(aluno.test.equal, {nil, "a"}, {nil, "b"}, "they")):match "they: .*",
    'they: {\n    [2] = "a"\n} instead of {\n    [2] = "b"\n}')

-- Messages print with personal values masked; their fields have the values.
local ana = assert(aluno.validate("Student", {
    name = "Ana", br_document = "529.982.247-25", email = "ana@example.com", birth_date = "31/12/2010",
}))
check.same("print", tostring(ana), 'Student {name = "Ana", br_document = "***.982.247-**", ' ..
    'email = "a***@example.com", birth_date = "2010-**-**"}')
check.same("the prompt", show.value(ana), [[{
    birth_date = "2010-**-**",
    br_document = "***.982.247-**",
    email = "a***@example.com",
    name = "Ana"
}]])
check.same("a list of them", {show.value {ana}:find("52998224725", 1, true), show.value {ana}:find("ana@", 1, true)}, {})
check.same("the fields", {ana.cpf, ana.br_document, ana.email, ana.nascimento},
    {"52998224725", "52998224725", "ana@example.com", "2010-12-31"})
check.same("JSON is data", aluno.json.encode(ana):find("52998224725", 1, true) ~= nil, true)
check.same("a masked day as people read it", check.inside("client.dates").day "2010-**-**", "**/**/2010")

-- A reader is notified once that values came masked.
local masked, said = check.inside "client.masked", {}
local rows = check.inside("client.output").rows(check.method "listar")
for _, cpf in ipairs {"52998224725", "***.982.247-**", "***.982.247-**"} do
    masked.note(rows, {students = {{id = 1, name = "Ana", br_document = cpf}}}, function(line) said[#said + 1] = line end)
end
check.same("the note", said, {"Os dados pessoais vêm mascarados para o seu papel. Para ver os de um aluno: revelar ALUNO"})
