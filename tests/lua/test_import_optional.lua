-- An optional field of students: a file may lack its column.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local texts = {en = "Nickname", pt = "Apelido"}
local nickname = {
    name = "nickname", name_pt = "apelido", kind = "text", presence = "optional", rule = "any", rule_text = texts,
    label = texts,
}
local student = aluno.schema.messages.Student
table.insert(student.fields, nickname)
student.by_name.nickname, student.by_name.apelido = nickname, nickname
-- Reloads the files that have read the fields.
for _, module in ipairs {"client.schema", "commands.import.vocabulary", "commands.import.columns", "commands.import.row"} do
    debug.getregistry()["aluno.loaded"][module] = nil
end
local columns = check.inside "commands.import.columns"
local row = check.inside "commands.import.row"

local found = columns.find {"nome", "idade", "cpf", "email"}
check.same("without it", found and found.places, {name = 1, age = 2, br_document = 3, email = 4})
found = columns.find {"Apelido", "nome", "idade", "cpf", "email"}
check.same("with it", found and found.places, {nickname = 1, name = 2, age = 3, br_document = 4, email = 5})
local none, err = columns.find {"apelido", "nome", "idade"}
check.same("but not without those that are required", {none, err.message}, {nil, "faltam colunas: cpf, email"})

local here = row.new(2, {"Ana", "20", "52998224725", "a@b.c"}, {name = 1, age = 2, br_document = 3, email = 4}, false)
row.compare(here, {name = "Ana", age = 20, br_document = "52998224725", email = "a@b.c", nickname = "Aninha"})
check.same("what the file leaves open is no difference", here.outcome, "present")
