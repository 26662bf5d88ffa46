-- Commands with arguments: words, flags, requests.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local commands = check.inside "commands"
local flags = check.inside "client.flags"

check.same("words", flags.split [[  --nome "Ana Lima" --idade=20  ]], {"--nome", "Ana Lima", "--idade=20"})
check.same("quotes within a word", flags.split [[--nome="D'Ávila e"' "x"' ""]], {[[--nome=D'Ávila e "x"]], ""})
check.same("no words", flags.split "  ", {})
check.same("a quote left open", {flags.split [[--nome "Ana]]}, {nil, "falta fechar aspas"})

local create = check.method "criar"
check.same("Portuguese flags", flags.parse(create, {"--nome", "Ana", "--idade", "20", "--cpf=1"}),
    {name = "Ana", age = 20, br_document = "1"})
check.same("English flags", flags.parse(create, {"--name", "Ana", "--br-document", "01"}),
    {name = "Ana", br_document = "01"})
check.same("what is no number is left to the contract", flags.parse(create, {"--idade", "vinte"}), {age = "vinte"})
check.same("numbers beyond 64 bits too", flags.parse(create, {"--idade", "99999999999999999999"}),
    {age = "99999999999999999999"})

for _, case in ipairs {
    {{"--matricula", "1"}, "criar não tem o campo --matricula"},
    {{"--id", "1"}, "criar não tem o campo --id"},
    {{"--nome"}, "--nome pede um valor"},
    {{"--nome", "A", "--name", "B"}, "--name aparece mais de uma vez"},
    {{"Ana"}, "Ana não é um campo"},
} do
    local request, problem = flags.parse(create, case[1])
    check.same(case[2], {request, problem:sub(1, #case[2])}, {nil, case[2]})
end

check.same("the flags of the output", flags.parse(create, {"--formato", "json", "--fields=id"}),
    {format = "json", fields = "id"})
local update = check.method "atualizar"
check.same("a method's own fields come first", flags.parse(update, {"--mudar", "age", "--campos", "id"}),
    {update_mask = "age", fields = "id"})

-- A command as the files of commands/ declare them.
local copy = {
    verb = {en = "copy", pt = "copiar"},
    arguments = {en = "FILE [COLUMN]...", pt = "ARQUIVO [COLUNA]..."},
    flags = {
        {name = "dry_run", name_pt = "ensaio", kind = "bool"},
        {name = "rows", name_pt = "linhas", kind = "int"},
    },
}
check.same("words and flags in any order", flags.parse(copy, {"--ensaio", "a.csv", "--rows=5", "nome", "idade"}),
    {"a.csv", "nome", "idade", dry_run = true, rows = 5})
check.same("a flag that may be false", flags.parse(copy, {"a.csv", "--ensaio", "false"}), {"a.csv", dry_run = false})
for _, case in ipairs {
    {{}, "copiar pede ARQUIVO (veja: ajuda copiar)"},
    {{"a", "--linhas", "5.5"}, "--linhas pede um número inteiro, não 5.5"},
    {{"a", "--ensaio=talvez"}, "--ensaio é true ou false, não talvez"},
    {{"a", "--colunas"}, "copiar não tem o campo --colunas (veja: ajuda copiar)"},
} do
    check.same(case[2], {flags.parse(copy, case[1])}, {nil, case[2]})
end
check.same("a word too many", {flags.parse(commands.find "sair", {"agora"})},
    {nil, "agora é uma palavra a mais (veja: ajuda sair)"})

check.same("commands by their words", commands.find "EXIT", commands.find "sair")
check.same("methods are commands", commands.find("criar").method, create)
check.same("commands are functions", aluno.commands.metodos(), aluno.schema.methods)
check.same("only commands are", aluno.commands.matricular, nil)
check.same("verbs in any case and both languages", commands.method "LisTar", commands.method "list")
check.same("no verb", commands.method "matricular", nil)
check.same("exit codes", {
    commands.exit_code {code = "INVALID_ARGUMENT", reason = "FIELDS_INVALID"},
    commands.exit_code {code = "INVALID_ARGUMENT", reason = "OPTION_INVALID"},
    commands.exit_code {code = "NOT_FOUND", reason = "STUDENT_NOT_FOUND"},
    commands.exit_code {code = "ALREADY_EXISTS", reason = "CPF_TAKEN"},
    commands.exit_code {code = "UNAUTHENTICATED", reason = "TLS_EXPIRED"},
    commands.exit_code {code = "UNAVAILABLE", reason = "CONNECTION_REFUSED"},
    commands.exit_code {code = "INTERNAL", reason = "INTERNAL_ERROR"},
}, {3, 2, 4, 5, 6, 7, 1})
