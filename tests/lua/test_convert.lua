-- Conversion of tables to messages and back, and its errors.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")

--- "field REASON" for each violation of a request.
local function violations(method, request)
    local _, err = aluno.request_json(method, request)
    local found = {}
    for i, violation in ipairs(err and err.violations or {}) do
        found[i] = violation.field .. " " .. violation.reason
    end
    table.sort(found)
    return found
end

local create, update = "aluno.v1.StudentService/CreateStudent", "aluno.v1.StudentService/UpdateStudent"
local list = "aluno.v1.StudentService/ListStudents"
local ana = '{"name": "Ana", "age": 20, "br_document": "52998224725", "email": "a@b.co"}'
local sent = '{"method": "' .. create .. '", "message": {"student": ' .. ana .. "}}"

for title, request in pairs {
    ["flat"] = {name = "Ana", age = 20, br_document = "529.982.247-25", email = "a@b.co"},
    ["in Portuguese"] = {nome = "Ana", idade = 20, cpf = "529.982.247-25", email = "a@b.co"},
    ["nested"] = {student = {name = "Ana", age = 20, br_document = "52998224725", email = "a@b.co"}},
    ["nested, in Portuguese"] = {aluno = {nome = "Ana", idade = 20, cpf = "52998224725", email = "a@b.co"}},
    ["partly nested"] = {student = {name = "Ana", age = 20}, cpf = "52998224725", email = "a@b.co"},
    ["whole floats"] = {name = "Ana", age = 20.0, cpf = "52998224725", email = "a@b.co"},
    ["a name in need of trimming"] = {name = "  Ana ", age = 20, cpf = "52998224725", email = "a@b.co"},
} do
    check.same(title, aluno.request_json(create, request), sent)
end

check.same("the key comes before the nested field of that name",
    aluno.request_json(update, {cpf = "529.982.247-25", age = 21}),
    '{"method": "' .. update .. '", "message": {"br_document": "52998224725", "student": {"age": 21}}}')

local whole = {name = "Ana", age = 20, cpf = "52998224725", email = "a@b.co"}

-- A key that is no field may be of any length: violations name what fits, in whole characters.
for _, key in ipairs {("é"):rep(80), "a" .. ("é"):rep(80), ("日本"):rep(40), ("x"):rep(5000)} do
    local name = table.concat(violations(create, {[key] = 1}), "\n"):match "(%S+) FIELD_UNKNOWN"
    check.same("the first characters of a key", {key:sub(1, #name), #name > 90, utf8.len(name) ~= nil},
        {name, true, true})
end

--- Returns a copy of `whole` with these values.
local function but(changes)
    local request = {}
    for key, value in pairs(whole) do
        request[key] = value
    end
    for key, value in pairs(changes) do
        request[key] = value
    end
    return request
end

for _, case in ipairs {
    {"numbers are not read out of text", create, but {age = "20"}, {"student.age FIELD_KIND"}},
    {"numbers are whole", create, but {age = 20.5}, {"student.age FIELD_KIND"}},
    {"numbers are not text: a CPF would lose its zeros", create, but {cpf = 1234567890},
        {"student.br_document FIELD_KIND"}},
    {"text holds no NUL", create, but {name = "A\0na"}, {"student.name TEXT_NUL"}},
    {"text has an end", create, but {email = ("a"):rep(255)}, {"student.email TEXT_TOO_LONG"}},
    {"keys are fields", create, but {nam = "Ana"}, {"nam FIELD_UNKNOWN"}},
    {"keys are names", list, {5}, {"[] FIELD_UNKNOWN"}},
    {"keys have no second spelling", create, but {nome = "Ana"}, {"student.name FIELD_DUPLICATE"}},
    {"messages are tables", create, {student = "Ana"}, {"student FIELD_KIND"}},
    {"all is reported at once", create, {name = 1, age = 151, cpf = "1", z = 1},
        {"student.age AGE_RANGE", "student.br_document CPF_LENGTH", "student.name FIELD_KIND", "z FIELD_UNKNOWN"}},
    {"in lists too", "aluno.v1.StudentService/BatchCreateStudents",
        {students = {whole, {name = 5, idade = 1, cpf = "11144477735", email = "x"}, "Bia"}},
        {"students[1].email EMAIL_SYNTAX", "students[1].name FIELD_KIND", "students[2] FIELD_KIND"}},
    {"the rules are the contract's", list, {page_size = 101}, {"page_size NUMBER_RANGE"}},
} do
    check.same(case[1], violations(case[2], case[3]), case[4])
end

-- Violations have the fields as the caller wrote them, too.
local batch = "aluno.v1.StudentService/BatchCreateStudents"
for _, case in ipairs {
    {"flat", create, but {age = 151}, {"age"}},
    {"flat, in Portuguese", create, {nome = "Ana", idade = 151, cpf = "52998224725", email = "a@b.co"}, {"idade"}},
    {"nested", create, {student = but {age = 151}}, {"student.age"}},
    {"nested, in Portuguese", create, {aluno = {nome = "Ana", idade = 151, email = "x"}}, {"aluno.email", "aluno.idade"}},
    {"partly nested", create, {student = {name = "Ana", age = 20, email = "a@b.co"}, cpf = "1"}, {"cpf"}},
    {"what is missing, beside English names", create, {age = 20}, {"name"}},
    {"what is missing, beside Portuguese ones", create, {idade = 20}, {"nome"}},
    {"a key that is no field", create, but {nmae = "Ana"}, {"nmae"}},
    {"another kind", create, but {cpf = 5}, {"cpf"}},
    {"of a list's second", batch, {alunos = {whole, {nome = "Bia", idade = 151, cpf = "1"}, 7}},
        {"alunos[1].cpf", "alunos[1].idade", "alunos[2]"}},
    {"of one who gives it beside the key", update, {id = 1, idade = 151}, {"idade"}},
} do
    local _, err = aluno.request_json(case[2], case[3])
    local written = {}
    for i, violation in ipairs(err.violations) do
        written[i] = violation.written
    end
    table.sort(written)
    check.same("written " .. case[1], written, case[4])
end
local _, told = aluno.request_json(update, {id = 1, idade = 151})
check.same("in the sentence", tostring(told):find("; idade: ", 1, true) ~= nil, true)

local many = {}
for i = 1, 40 do
    many["k" .. i] = i
end
local _, beyond = aluno.request_json(list, many)
check.same("more than an error can list", {#beyond.violations, beyond.detail}, {32, "> 32"})

-- A single field, as forms validate it.
check.same("a field is normalised", aluno.validate("Student", {br_document = "123.123.123-13"}, "br_document"),
    {br_document = "12312312313"})
local _, err = aluno.validate("Student", {age = 151}, "age")
check.same("a field's violation", err.violations[1].reason, "AGE_RANGE")
check.same("the error's code", {err.code, err.reason, err.retryable}, {"INVALID_ARGUMENT", "FIELDS_INVALID", false})
check.raises("no such message", "no message 'Teacher'", aluno.validate, "Teacher", {})
check.raises("no such field", "no field 'x'", aluno.validate, "Student", {age = 1}, "x")
check.raises("no such method", "no method 'x/Y'", aluno.request_json, "x/Y", {})

check.same("an error as a sentence", tostring(err):match "^[^;]*; age: a idade deve estar",
    "Há campos inválidos; age: a idade deve estar")
check.same("cpf.format", aluno.cpf.format "12312312313", "123.123.123-13")
check.same("cpf.check, right", {aluno.cpf.check "52998224725"}, {true})
check.same("cpf.check, wrong", {aluno.cpf.check "52998224724"}, {false, "25"})
