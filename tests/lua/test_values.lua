-- CPFs, folded names, and the exit codes of errors.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local core = check.inside "core"

for _, case in ipairs {
    {"529.982.247-25", "52998224725"}, {"52998224725", "52998224725"}, {" 529 982 247/25 ", "52998224725"},
    {"123.123.123-13", "12312312313"},
} do
    check.same(case[1], aluno.cpf.parse(case[1]), case[2])
end
for _, case in ipairs {
    {"", "CPF_LENGTH"}, {"5299822472", "CPF_LENGTH"}, {("1"):rep(60), "CPF_LENGTH"}, {"abc", "CPF_NOT_ASCII_DIGIT"},
    {"111.111.111-11", "CPF_REPEATED_DIGITS"}, {"٥٢٩٩٨٢٢٤٧٢٥", "CPF_NOT_ASCII_DIGIT"},
} do
    local digits, err = aluno.cpf.parse(case[1])
    check.same(case[1], {digits, err.code, err.reason}, {nil, "INVALID_ARGUMENT", case[2]})
end
check.same("format", aluno.cpf.format "12312312313", "123.123.123-13")
check.same("mask", {aluno.cpf.mask "52998224725", aluno.cpf.mask "Ana"}, {"***.982.247-**", "***"})
check.same("check", {aluno.cpf.check "52998224724"}, {false, "25"})
check.same("check what is none", {aluno.cpf.check "529"}, {false})
check.same("read by another encoding", {core.mojibake "JoÃ£o", core.mojibake "João"}, {"João"})
check.raises("a CPF that is a number", "string expected, got number", aluno.cpf.parse, 52998224725)
check.raises("a NUL", "NUL", aluno.cpf.parse, "1\0")

local seen = {}
for i = 0, 20000 do
    local cpf = aluno.cpf.generate(i)
    assert(aluno.cpf.parse(cpf) == cpf and aluno.cpf.check(cpf) and not seen[cpf], cpf)
    seen[cpf] = true
end
check.same("the same for the same number", aluno.cpf.generate(7), aluno.cpf.generate(7))
check.same("the last number", aluno.cpf.parse(aluno.cpf.generate(999999989)) ~= nil, true)
check.same("a random one", aluno.cpf.check(aluno.cpf.generate()), true)
check.raises("a number too high", "from 0 to 999999989", aluno.cpf.generate, 999999990)
check.raises("no whole number", "from 0 to 999999989", aluno.cpf.generate, "1")

check.same("fold", {aluno.fold "João  D'Ávila", aluno.fold "JOAO", aluno.fold "Straße", aluno.fold ""},
    {"joao  d'avila", "joao", "strasse", ""})
local folded, err = aluno.fold "Jo\xE3o"
check.same("no UTF-8", {folded, err.reason}, {nil, "TEXT_NOT_UTF8"})

local dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
check.same("uuid, the standard's example", aluno.uuid("www.example.com", dns), "2ed6657d-e927-568b-95e1-2665a8aea6a2")
check.same("uuid of nothing", aluno.uuid("", dns), "4ebd0208-8328-5d69-8c44-ec50939c0967")
check.same("uuid around the ends of blocks", {aluno.uuid(("a"):rep(39), dns), aluno.uuid(("a"):rep(40), dns),
    aluno.uuid(("a"):rep(1000), dns)}, {"5824f981-4282-59d4-9716-acb6d741350e",
    "39f39c20-db47-5131-8879-62f8f67f9014",
    "062a6b1a-ddc3-5fcc-b238-790846e533d6"})
check.same("uuid in a namespace of its own", aluno.uuid "a" == aluno.uuid("a", dns), false)
check.raises("uuid, a namespace that is none", "a namespace is a UUID", aluno.uuid, "a", dns .. "0")
check.raises("uuid of a number", "string expected", aluno.uuid, 5)

check.raises("a reason that is none", "has no reason 'X'", core.fail, "X")
check.raises("an exit for a text", "exit takes a code, an error, or nothing", aluno.exit, "bye")
check.same("an error with its line", tostring(setmetatable({line = 3, message = "m", remedy = "r", violations = {}},
    core.error)), "Linha 3: m. R")
