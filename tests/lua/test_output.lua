-- Output in each format: lists, single values, nested ones, chosen columns; and errors.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local output = check.inside "client.output"
local lists = check.inside "aluno.lists"
local schema = check.inside "client.schema"
local terminal = check.inside "program.terminal"

terminal.colour = false

--- Returns a method's replies as text in a format.
local function write(verb, replies, choice)
    local rows, lines = output.rows(check.method(verb)), {}
    local open = assert(output.plan(rows, choice))
    local writer = open(function(line) lines[#lines + 1] = line end)
    for _, reply in ipairs(replies) do
        output.reply(rows, writer, reply)
    end
    writer.close(replies[#replies])
    return table.concat(lines, "\n")
end

local pages = {
    {students = {{id = 1, name = "João;D'Ávila", age = 9, br_document = "01234567890", email = "j@x.org", etag = "1"}},
        next_page_token = "a", total_size = 2},
    {students = {{id = 12, name = '日本, "Zé"', age = 120, br_document = "52998224725", email = "z@x.org", etag = "4"}},
        total_size = 2},
}
local none = {{students = {}, total_size = 0}}

for format, wanted in pairs {
    tabela = [[
id  nome          idade  cpf             email
 1  João;D'Ávila      9  012.345.678-90  j@x.org
12  日本, "Zé"      120  529.982.247-25  z@x.org
Total de alunos: 2]],
    json = [==[
[
{"id": 1, "name": "João;D'Ávila", "age": 9, "br_document": "01234567890", "email": "j@x.org", "etag": "1"},
{"id": 12, "name": "日本, \"Zé\"", "age": 120, "br_document": "52998224725", "email": "z@x.org", "etag": "4"}
]]==],
    ndjson = [[
{"id": 1, "name": "João;D'Ávila", "age": 9, "br_document": "01234567890", "email": "j@x.org", "etag": "1"}
{"id": 12, "name": "日本, \"Zé\"", "age": 120, "br_document": "52998224725", "email": "z@x.org", "etag": "4"}]],
    lua = [[
return {
    {id = 1, name = "João;D'Ávila", age = 9, br_document = "01234567890", email = "j@x.org", etag = "1"},
    {id = 12, name = "日本, \"Zé\"", age = 120, br_document = "52998224725", email = "z@x.org", etag = "4"},
}]],
} do
    check.same("a list of pages: " .. format, write("listar", pages, {format = format}), wanted)
end

check.same("a list of pages: csv", write("listar", pages, {format = "csv", fields = "id,nome,idade,cpf,email"}), [[
id,nome,idade,cpf,email
1,João;D'Ávila,9,01234567890,j@x.org
12,"日本, ""Zé""",120,52998224725,z@x.org]])

--- The names of a list of fields, divided by that text.
local function names(fields, between)
    return table.concat(lists.map(fields, function(field) return field.name_pt end), between)
end
check.same("all columns, unless they are chosen", write("listar", none, {format = "csv"}), names(schema.columns "Student", ","))

check.same("Lua reads it back", load(write("listar", pages, {format = "lua"}))()[2].name, '日本, "Zé"')
check.same("an empty table", write("listar", none, {format = "table"}), "Total de alunos: 0")
check.same("an empty list", write("listar", none, {format = "JSON"}), "[\n]")
check.same("an empty csv", write("listar", none, {format = "csv", fields = "id"}), "id")
check.same("an empty chunk", #load(write("listar", none, {format = "lua"}))(), 0)

check.same("columns in both languages, in their order",
    write("listar", pages, {format = "csv", fields = "cpf, NAME"}),
    "cpf,nome\n01234567890,João;D'Ávila\n52998224725,\"日本, \"\"Zé\"\"\"")
check.same("columns of JSON", write("listar", pages, {format = "ndjson", fields = "nome,id"}),
    '{"name": "João;D\'Ávila", "id": 1}\n{"name": "日本, \\"Zé\\"", "id": 12}')
check.same("a table of a column that is not usual", write("listar", pages, {format = "tabela", fields = "etag"}),
    "etag\n1\n4\nTotal de alunos: 2")

local one = {{id = 7, name = "Ana", age = 20, br_document = "52998224725"}}
check.same("one value: a field a line", write("obter", one, {format = "tabela"}), [[
id     7
nome   Ana
idade  20
cpf    529.982.247-25]])
check.same("one value: JSON", write("obter", one, {format = "json"}),
    '{"id": 7, "name": "Ana", "age": 20, "br_document": "52998224725"}')
check.same("one value: Lua", write("obter", one, {format = "lua", fields = "idade"}), "return {age = 20}")
check.same("line ends in a cell", write("obter", {{name = "a\nb"}}, {format = "csv", fields = "nome"}),
    'nome\n"a\nb"')
check.same("a formula is none", write("obter", {{email = "=a@b.c"}}, {format = "csv", fields = "email"}), "email\n'=a@b.c")

local operation = {{state = "COMMITTED", student = one[1], students = one}}
check.same("what is nested comes below", write("operacao", operation, {format = "tabela"}), [[
estado  gravada
Aluno respondido:
id     7
nome   Ana
idade  20
cpf    529.982.247-25
Alunos respondidos, de um lote:
id  nome  idade  cpf             email
 7  Ana      20  529.982.247-25]])
check.same("what is nested is JSON in a cell", write("operacao", operation, {format = "csv", fields = "estado,aluno"}),
    'estado,aluno\nCOMMITTED,"{""id"": 7, ""name"": ""Ana"", ""age"": 20, ""br_document"": ""52998224725""}"')
check.same("what is nested, chosen, is JSON", write("operacao", operation, {format = "ndjson", fields = "aluno"}),
    '{"student": {"id": 7, "name": "Ana", "age": 20, "br_document": "52998224725"}}')
check.same("a list is JSON in a cell", write("operacao", operation, {format = "csv", fields = "estado,alunos"}),
    'estado,alunos\nCOMMITTED,"[{""id"": 7, ""name"": ""Ana"", ""age"": 20, ""br_document"": ""52998224725""}]"')
check.same("a list, chosen, is JSON", write("operacao", operation, {format = "json", fields = "alunos,estado"}),
    '{"students": [{"id": 7, "name": "Ana", "age": 20, "br_document": "52998224725"}], "state": "COMMITTED"}')
check.same("nested in Lua", load(write("operacao", operation, {format = "lua"}))().students[1].id, 7)

local rows = output.rows(check.method "listar")
check.same("an unknown format", {output.plan(rows, {format = "xml"})},
    {nil, "não há o formato xml; há: tabela, json, ndjson, csv, lua"})
check.same("an unknown column", {output.plan(rows, {fields = "id,altura"})},
    {nil, "não há a coluna 'altura'; há: " .. names(aluno.schema.messages.Student.fields, ", ")})
check.same("no column", select(2, output.plan(rows, {fields = ""})):match "^[^;]*", "não há a coluna ''")

output.chosen.fields = "id"
check.same("the session's columns", write("listar", pages, {format = "csv"}), "id\n1\n12")
check.same("are those of students alone", write("saude", {{status = "SERVING"}}, {format = "csv"}),
    "estado,razao\nSERVING,")
output.chosen.fields = nil
