-- The commands that need no service, at the prompt and from scripts.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local commands = check.inside "client.commands"

--- Runs a command line -> its data, its messages, its exit code.
local function run(line)
    local words = check.inside("client.words").split(line)
    local data, said = {}, {}
    local console = {
        data = function(text) data[#data + 1] = text end,
        say = function(text) said[#said + 1] = text end,
    }
    local code, problem = commands.run(commands.find(table.remove(words, 1)), words, console)
    return table.concat(data, "\n"), problem or table.concat(said, "\n"), code
end

check.same("explicar", {run "explicar cpf-taken"}, {[[
CPF_TAKEN: outro aluno já tem este CPF
código: ALREADY_EXISTS
o que fazer: procure esse aluno pelo CPF]], "", 0})
check.same("explicar, a misspelt reason", {run "explicar CPF_TAKE"},
    {"", "Não há a razão CPF_TAKE. Talvez: CPF_TAKEN", 2})
check.same("explicar, a part of one", {run "explicar LENGTH"},
    {"", "Não há a razão LENGTH. Talvez: CPF_LENGTH", 2})
check.same("explicar, nothing like it", {run "explicar xyzzy"}, {"", "Não há a razão XYZZY", 2})
check.same("explicar, no reason", {run "explicar"}, {"", "falta RAZÃO (veja: ajuda explicar)"})
check.same("for scripts", aluno.commands.explain("CPF_TAKEN").remedy, "procure esse aluno pelo CPF")
local none, unknown = aluno.commands.explicar "X"
check.same("for scripts, a failure", {none, unknown.code, unknown.reason, unknown.message},
    {nil, "INVALID_ARGUMENT", "WORD_UNKNOWN", "não há a razão X"})
check.raises("for scripts, misuse", "the reason must be a string", aluno.commands.explicar, {})
for name, reason in pairs(aluno.schema.reasons) do
    check.same(name, {type(reason.code), reason.text.pt ~= "", reason.text.en ~= ""}, {"string", true, true})
end

local help = run "ajuda"
for _, command in ipairs(commands.all()) do
    check.same("ajuda lists " .. command.verb.pt, help:find("  " .. command.verb.pt .. ", ", 1, true) ~= nil
        or help:find("  " .. command.verb.pt .. " ", 1, true) ~= nil, not command.is_for_scripts)
end

local text = run "descrever criar"
check.same("descrever: the method", text:match "^(.-)\n\n", [[
criar: cadastra um aluno
aluno.v1.StudentService/CreateStudent (altera dados, papel: registrar)]])
check.same("descrever: a field of the request", text:match "\n  (student%.age [^\n]*), de",
    "student.age          --idade           inteiro     um destes             Idade do aluno: um número inteiro de anos")
check.same("descrever: a request has no id of a student", text:find "student%.id", nil)
check.same("descrever: nor flags for what no flag writes", text:find "%-%-aluno", nil)
check.same("descrever: by the method's name", (run "descrever createstudent"), text)
check.same("descrever: a method without fields", (run "descrever servidor"):find "\n  sem campos\n" ~= nil, true)
check.same("descrever: an unknown one", {run "descrever cria"}, {"", "Não há o método cria. Talvez: criar, copia", 2})
check.same("for scripts, the fields", aluno.commands.descrever("deletar").request[1].field, "id")

check.same("metodos, a line each", select(2, (run "metodos"):gsub("\n", "")) + 1, #aluno.schema.methods)
check.same("ajuda: doc, usage and flags of a command", (run "ajuda explicar"), [[
explicar: diz o que uma razão significa e o que fazer
  uso: explicar RAZÃO [--formato FORMATO] [--campos COLUNAS]
  --formato FORMATO          Formato: tabela, json, ndjson, csv ou lua
  --campos COLUNAS           Colunas: nome,idade
  também: explain]])
check.same("ajuda: what is needed, and an example", (run "ajuda deletar"):gsub("\n  %-%-[efac][^\n]*", "")
    :gsub(" %[%-%-etag[^\n]*", ""), [[
deletar: remove um aluno
  uso: deletar [ALUNO...] (--id NÚMERO | --cpf TEXTO)
  ALUNO                      O aluno: CPF, id ou parte do nome
  --id NÚMERO                Id do aluno (um destes)
  --sim                      Remover sem perguntar
  também: delete, excluir, apagar, remover, remove
  exemplo: deletar --cpf 529.982.247-25]])
check.same("ajuda: an unknown command", {run "ajuda matricular"},
    {"", "Não há o comando matricular. Veja: ajuda", 2})
check.same("ajuda: a misspelt one", {run "ajuda lista"}, {"", "Não há o comando lista. Talvez: listar", 2})
check.same("a synonym", {commands.find "EXCLUIR", commands.find "procurar"},
    {commands.find "delete", commands.find "list"})
check.same("help of a command, after it", (run "explicar --help"), (run "ajuda explicar"))
check.same("a misspelt synonym", commands.suggestion "exclur", "; talvez: excluir")
check.same("sair", select(3, run "exit"), 0)

for _, command in ipairs(commands.all()) do
    for _, language in ipairs {"en", "pt"} do
        check.same("ajuda describes " .. command.verb[language], type(command.doc[language]), "string")
        check.same("and finds it", commands.find(command.verb[language]:upper()).verb, command.verb)
    end
end

local errors = check.inside "client.errors"
check.same("fields by their Portuguese names", errors.violation({
    field = "id", reason = "FIELD_REQUIRED", message = "o campo é obrigatório (id | br_document)",
}, check.method "obter"), "Id do aluno: o campo é obrigatório (id | cpf)")
