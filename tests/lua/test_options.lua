-- Commands with arguments: words, flags, requests, and one sentence for each mistake.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local commands = check.inside "client.commands"
local options = check.inside "aluno.options"
local words = check.inside "client.words"

check.same("words", words.split [[  --nome "Ana Lima" --idade=20  ]], {"--nome", "Ana Lima", "--idade=20"})
check.same("quotes within a word", words.split [[--nome="D'Ávila e"' "x"' ""]], {[[--nome=D'Ávila e "x"]], ""})
check.same("no words", words.split "  ", {})
check.same("a quote left open", {words.split [[--nome "Ana]]}, {nil, "falta fechar aspas"})

local create = commands.find "criar"
check.same("Portuguese flags", options.parse(create, {"--nome", "Ana", "--idade", "20", "--cpf=1"}),
    {name = "Ana", age = 20, br_document = "1"})
check.same("English flags", options.parse(create, {"--name", "Ana", "--br-document", "01"}),
    {name = "Ana", br_document = "01"})
check.same("in any case, with accents, with - or _",
    options.parse(commands.find "operacao", {"--Id-do_Pédido", "x"}), {request_id = "x"})
check.same("what is no number is left to the contract", options.parse(create, {"--idade", "vinte"}), {age = "vinte"})
check.same("numbers beyond 64 bits too", options.parse(create, {"--idade", "99999999999999999999"}),
    {age = "99999999999999999999"})

for _, case in ipairs {
    {{"--matricula", "1"}, "não há a opção --matricula"},
    {{"--id", "1"}, "não há a opção --id"},
    {{"--nmoe", "Ana"}, "não há a opção --nmoe; talvez: --nome"},
    {{"--adresse", "x"}, "não há a opção --adresse"},
    {{"--emial", "x"}, "não há a opção --emial; talvez: --email"},
    {{"--br-documnt", "x"}, "não há a opção --br-documnt; talvez: --br-document"},
    {{"--nome"}, "--nome pede um valor"},
    {{"--nome", "A", "--name", "B"}, "--name aparece mais de uma vez"},
    {{"Ana"}, "'Ana' está sobrando"},
} do
    check.same(case[2], {options.parse(create, case[1])}, {nil, case[2]})
end

check.same("the flags of the output", options.parse(create, {"--formato", "json", "--fields=id"}),
    {format = "json", fields = "id"})
local update = commands.find "atualizar"
check.same("--campos is the columns; the mask is --mudar", options.parse(update, {"--mudar", "age", "--campos", "id"}),
    {update_mask = "age", fields = "id", who = {}})
local asked
commands.run(update, {"--id", "3", "--mudar", "nome, email,*,x"}, {call = function(_, request) asked = request end})
check.same("the mask by Portuguese names", asked, {id = 3, update_mask = "name, email,*,x"})

-- A command as the files of commands/ declare them.
local copy = {
    name = "copiar",
    {name = "file", value = "ARQUIVO"},
    {name = "columns", value = "COLUNA", many = true, optional = true},
    flags = {
        {name = "dry_run", name_pt = "ensaio", kind = "bool", also = {"prova"}},
        {name = "rows", name_pt = "linhas", kind = "int", default = 9},
    },
}
check.same("words and flags in any order", options.parse(copy, {"--ensaio", "a.csv", "--rows=5", "nome", "idade"}),
    {file = "a.csv", columns = {"nome", "idade"}, dry_run = true, rows = 5})
check.same("a flag that may be false", options.parse(copy, {"a.csv", "--ensaio", "false"}),
    {file = "a.csv", columns = {}, dry_run = false, rows = 9})
check.same("another name", options.parse(copy, {"a.csv", "--prova"}).dry_run, true)
for _, case in ipairs {
    {{}, "falta ARQUIVO"},
    {{"a", "--linhas", "5.5"}, "--linhas pede um número inteiro, não '5.5'"},
    {{"a", "--ensaio=talvez"}, "--ensaio é true ou false, não 'talvez'"},
    {{"a", "--colunas"}, "não há a opção --colunas"},
} do
    check.same(case[2], {options.parse(copy, case[1])}, {nil, case[2]})
end
check.same("a word too many", {commands.run(commands.find "sair", {"agora"})},
    {nil, "'agora' está sobrando (veja: ajuda sair)"})
check.same("a list is for scripts", {commands.run(commands.find "lote", {"--alunos", "x"})},
    {nil, "lote é para scripts: no prompt e no shell, use importar"})

check.same("commands by their words", commands.find "EXIT", commands.find "sair")
check.same("methods are commands", commands.find("criar").method, check.method "create")
check.same("commands are functions", aluno.commands.metodos(), aluno.schema.methods)
check.same("only commands are", aluno.commands.matricular, nil)
check.same("verbs in any case and both languages", commands.find "LisTar", commands.find "list")
for word, verb in pairs {
    ["operação"] = "operacao", ["Saúde"] = "saude", ["histórico"] = "historico", ["diagnóstico"] = "diagnostico",
} do
    check.same(word, commands.find(word).verb.pt, verb)
end
check.same("no verb", commands.find "matricular", nil)
check.same("but one that is like it",
    {commands.suggestion "lista", commands.suggestion "Exportrar", commands.suggestion "matricular"},
    {"; talvez: listar", "; talvez: exportar", ""})
check.same("exit codes", {
    aluno.exit_code {code = "INVALID_ARGUMENT", reason = "FIELDS_INVALID"},
    aluno.exit_code {code = "INVALID_ARGUMENT", reason = "OPTION_INVALID"},
    aluno.exit_code {code = "NOT_FOUND", reason = "STUDENT_NOT_FOUND"},
    aluno.exit_code {code = "ALREADY_EXISTS", reason = "CPF_TAKEN"},
    aluno.exit_code {code = "UNAUTHENTICATED", reason = "TLS_EXPIRED"},
    aluno.exit_code {code = "UNAVAILABLE", reason = "CONNECTION_REFUSED"},
    aluno.exit_code {code = "INTERNAL", reason = "INTERNAL_ERROR"},
}, {3, 2, 4, 5, 6, 7, 1})

-- A script's flags end at its first operand.
local runner = {name = "p", passes_on = true, {name = "words", many = true, optional = true}, flags = {{name = "x"}}}
check.same("the words that are left", options.parse(runner, {"--x", "1", "a", "--b"}), {x = "1", words = {"a", "--b"}})
check.same("after --", options.parse(runner, {"--x", "1", "--", "--b"}), {x = "1", words = {"--b"}})

-- The program's own flags stand before a command or among its words; the command's win.
local program = {flags = {{name = "server"}, {name = "trace", kind = "bool"}, {name = "rows"}}}
for _, case in ipairs {
    {"before it", nil, "--server=a --trace listar --server b", "--server=a --trace", "listar --server b"},
    {"a bool with its value", nil, "--trace false x", "--trace false", "x"},
    {"an unknown one", nil, "--speed 9", "--speed", "9"},
    {"among its words", copy, "a --server b --linhas 3 --trace c", "--server b --trace", "a --linhas 3 c"},
    {"the command's own", copy, "--rows 3", "", "--rows 3"},
    {"a value like a flag", copy, "--linhas --trace", "", "--linhas --trace"},
    {"after --", copy, "--trace -- --trace", "--trace", "-- --trace"},
    {"an unknown one after it", copy, "--speed 9 --trace", "--trace", "--speed 9"},
    {"a script's", runner, "--x 1 --trace a --trace", "--trace", "--x 1 a --trace"},
    {"without its value", copy, "a --server", "--server", "a"},
} do
    local own, others = options.divide(program, words.split(case[3]), case[2])
    check.same(case[1], {table.concat(own, " "), table.concat(others, " ")}, {case[4], case[5]})
end
