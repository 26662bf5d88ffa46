-- What people read: tables, JSON lines, Lua values.
local check = dofile(arg[0]:match ".*/" .. "check.lua")
local json_lines = check.inside "client.json_lines"
local show = check.inside "aluno.show"
local grid = check.inside "client.grid"
local terminal = check.inside "program.terminal"

terminal.colour = false
local lines = table.concat(grid.lines(grid.columns "Student", {
    {id = 1, name = "João", age = 9, br_document = "12312312313", email = "j@x.org", etag = "1-a"},
    {id = 12, name = "Ana Conceição", age = 120, br_document = "52998224725", email = "ana@example.com"},
}), "\n")
check.same("columns line up whatever the accents", lines, [[
id  nome           idade  cpf             email
 1  João               9  123.123.123-13  j@x.org
12  Ana Conceição    120  529.982.247-25  ana@example.com]])

check.same("width of accents", {terminal.width "João", terminal.width "日本", terminal.width ""}, {4, 4, 0})

check.same("JSON text", aluno.json.encode 'a"b\\c\n\1é', [["a\"b\\c\n\u0001é"]])
check.same("a success", json_lines.success(check.method "obter", {id = 5, name = "Ana"}),
    '{"status": "OK", "message": "ok", "data": {"id": 5, "name": "Ana"}}')
check.same("a failure",
    json_lines.failure {code = "INVALID_ARGUMENT", message = "m", reason = "R", violations = {{field = "f", reason = "X"}}},
    '{"status": "INVALID_ARGUMENT", "message": "m", "reason": "R", "violations": [{"field": "f", "reason": "X"}]}')

check.same("values", show.results(1, "a", nil, {1, b = {}, a = 'x"\n'}),
    '1\ta\tnil\t{\n    1,\n    a = "x\\"\\n",\n    b = {}\n}')
local cycle = {}
cycle.again = cycle
check.same("a table in itself ends", show.value(cycle):find "{…}" ~= nil, true)
