-- A script's command line: values, errors and help.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local args = check.inside "aluno.args"

local declaration = {
    doc = "Importa alunos",
    {name = "file", help = "o arquivo"},
    {name = "more", help = "outros arquivos", many = true, optional = true},
    flags = {
        {name = "dry-run", kind = "bool", help = "não grava"},
        {name = "limit", kind = "int", default = 100, help = "quantas linhas"},
        {name = "rate", kind = "number"},
        {name = "who", required = true},
    },
}

for _, case in ipairs {
    {{"a.csv", "--who", "ana"}, {file = "a.csv", more = {}, dry_run = false, limit = 100, who = "ana"}},
    {{"--dry-run", "--who=x=y", "a", "b", "--limit", "-5", "c", "--rate=2.5"},
        {file = "a", more = {"b", "c"}, dry_run = true, limit = -5, rate = 2.5, who = "x=y"}},
    {{"--who", "--x", "--", "--limit"}, {file = "--limit", more = {}, dry_run = false, limit = 100, who = "--x"}},
    {{"--dry_run", "--who", "", "-5"}, {file = "-5", more = {}, dry_run = true, limit = 100, who = ""}},
} do
    check.same(table.concat(case[1], " "), args.parse(declaration, case[1]), case[2])
end
for _, case in ipairs {
    {{"--who", "x"}, "falta FILE"},
    {{"a"}, "falta --who"},
    {{"a", "--wo", "x"}, "não há a opção --wo; talvez: --who"},
    {{"a", "--who"}, "--who pede um valor"},
    {{"a", "--who", "x", "--who=y"}, "--who aparece mais de uma vez"},
    {{"a", "--dry-run=yes"}, "--dry-run é true ou false, não 'yes'"},
    {{"a", "--limit", "1.5"}, "--limit pede um número inteiro, não '1.5'"},
    {{"a", "--rate", "x"}, "--rate pede um número, não 'x'"},
} do
    local values, problem = args.parse(declaration, case[1])
    check.same(case[2], {values, problem}, {nil, case[2]})
end
check.same("one too many", {args.parse({{name = "a"}}, {"1", "2"})}, {nil, "'2' está sobrando"})
check.same("a place's kind and default", args.parse({{name = "n", kind = "int", default = 7}}, {}), {n = 7})
check.same("a place's kind", {args.parse({{name = "n", kind = "int"}}, {"x"})}, {nil, "n pede um número inteiro, não 'x'"})

check.same("help", args.help(declaration, "import.lua"), [[
import.lua: Importa alunos
  uso: import.lua FILE [MORE...] --who TEXTO [--dry-run] [--limit NÚMERO] [--rate NÚMERO] [--ajuda]
  FILE                       o arquivo
  MORE                       outros arquivos
  --who TEXTO                 (obrigatório)
  --dry-run                  não grava
  --limit NÚMERO             quantas linhas (100 se omitido)
  --rate NÚMERO
  --ajuda                    mostra esta ajuda
]])

check.raises("a kind that is none", "there is no kind 'date' (of 'day')", args.parse, {{name = "day", kind = "date"}}, {})
check.raises("a name twice", "'a' is declared twice", args.parse, {{name = "a"}, flags = {{name = "a"}}}, {})
check.raises("no name", "name must be a word", args.parse, {{help = "x"}}, {})
check.raises("words after many", "must be the last", args.parse, {{name = "a", many = true}, {name = "b"}}, {})
