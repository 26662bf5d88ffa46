-- Completion by Tab, and the lines that a history keeps.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local commands = check.inside "client.commands"
local completion = check.inside "repl.completion"
local words = check.inside "client.words"
local privacy = check.inside "repl.privacy"
local recent = check.inside "client.recent"
local terminal = check.inside "program.terminal"
local values = check.inside "repl.values"

--- Returns the line after Tab; nil when Tab shows words, or does nothing.
local function after_tab(before)
    local erased, text = completion.complete(before)
    if not text then return nil end
    local start = erased > 0 and utf8.offset(before, -erased) or #before + 1
    return before:sub(1, start - 1) .. text
end

--- Returns the words that Tab shows.
local function shown(before)
    local _, text, lines = completion.complete(before)
    local seen = {}
    for word in (not text and lines or ""):gmatch "%S+" do
        seen[#seen + 1] = word
    end
    return table.concat(seen, " ")
end

holder = {client = {each = print}}
sample = setmetatable({one = 1, _hidden = 1}, {__index = {two = print}})
recent.see {students = {{id = 12}, {id = 7}}}
recent.see {id = 13}
recent.see {id = 12}
recent.see {total_size = 2}

for before, wanted in pairs {
    ["cri"] = "criar ",
    ["CRI"] = "criar ",
    ["operaç"] = "operacao ",
    ["operação --id"] = "operação --id-do-pedido ",
    ["  cri"] = "  criar ",
    ["list"] = "listar ",
    ["cre"] = "create ",
    ["criar --no"] = "criar --nome ",
    ["criar --nome 'Ana Lima' --i"] = "criar --nome 'Ana Lima' --idade ",
    ["criar --nome \"João da\" --cp"] = "criar --nome \"João da\" --cpf ",
    ["criar --br"] = "criar --br-document ",
    ["criar --br_"] = "criar --br-document ",
    ["explicar cpf_t"] = "explicar CPF_TAKEN ",
    ["descrever grpc"] = "descrever grpc.health.v1.Health/Check ",
    ["\\form"] = "\\formato ",
    ["\\formato nd"] = "\\formato ndjson ",
    ["listar --ordem c"] = "listar --ordem criado_em",
    ["listar --ordem no"] = "listar --ordem nome",
    ["listar --ordem \"nome d"] = "listar --ordem \"nome desc\" ",
    ["listar --ordem 'no"] = "listar --ordem 'nome",
    ["listar --formato nd"] = "listar --formato ndjson ",
    ["listar --campos nome,cri"] = "listar --campos nome,criado_em",
    ["atualizar --mudar no"] = "atualizar --mudar nome",
    ["atualizar --mudar nome,e"] = "atualizar --mudar nome,email",
    ["obter --id 7"] = "obter --id 7 ",
    ["ajuda cri"] = "ajuda criar ",
    ["descrever --metodo grpc"] = "descrever --metodo grpc.health.v1.Health/Check ",
    ["alu"] = "aluno",
    ["aluno.cpf.fo"] = "aluno.cpf.format",
    ["x = aluno.con"] = "x = aluno.connect",
    ["for s in holder.client:ea"] = "for s in holder.client:each",
    ["sample:"] = "sample:two",
    ["whi"] = "while",
} do
    check.same("Tab after " .. before, after_tab(before), wanted)
end

for before, wanted in pairs {
    ["de"] = "deletar descrever desfazer",
    ["obter --"] = "--id --cpf --removidos --formato --campos",
    ["obter --id 3 --"] = "--cpf --removidos --formato --campos",
    ["obter --id=3 --"] = "--cpf --removidos --formato --campos",
    ["obter --id "] = "12 13 7",
    ["obter "] = "obter [ALUNO...] (--id NÚMERO | --cpf TEXTO) [--removidos] [--formato FORMATO] [--campos COLUNAS]",
    ["x = sample."] = "one two",
} do
    check.same("Tab shows after " .. before, shown(before), wanted)
end

check.same("a flag's unknown value: its help", shown("criar --cpf "):sub(1, 25), "--cpf TEXTO CPF do aluno:")
check.same("every verb of the language", shown(""):match "listar", "listar")
check.same("and of it alone", shown(""):match "list ", nil)
for _, before in ipairs {"xyz", "criar x", "nobody.a", "aluno.version.x"} do
    check.same("Tab does nothing after " .. before, {completion.complete(before)}, {})
end
for _, before in ipairs {"criar --nome An", "criar --nome 'A"} do
    check.same("Tab describes the flag after " .. before, shown(before):sub(1, 31), "--nome TEXTO Nome do aluno: de ")
end
check.same("nothing is called", {completion.complete "error().x"}, {})

-- Names of files are completed, but not kept: they may be personal.
local file = os.tmpname()
local import = {{name = "file"}}
for _, typed in ipairs {file, file:sub(1, -2), '"' .. file:sub(1, -2)} do
    local found = table.concat(values.of_operand(import, typed), "\n")
    check.same("files that begin as " .. typed, found:find(file, 1, true) ~= nil, true)
end
check.same("patterns are taken by the letter", terminal.files(file:sub(1, -3) .. "*"), {})
check.same("a folder has a slash", terminal.files "/de", {"/dev/"})
check.same("not kept", values.of_operand(import), nil)
os.remove(file)

--- Returns a command as a later session sees it.
local function kept(line)
    local verb, rest = line:match "^(%S+)%s*(.*)$"
    return privacy.command(commands.find(verb), rest)
end

for line, wanted in pairs {
    ["criar"] = "criar",
    ["LIST"] = "listar",
    ["criar --nome Ana --idade 20 --cpf=52998224725 --email a@b.c --apenas_validar"] =
        "criar",
    ["listar --busca 'ana idade>=18' --quantidade 10 --ordem \"nome desc\" --removidos true"] =
        'listar --quantidade 10 --ordem "nome desc" --removidos true',
    ["listar --ordem Ana"] = "listar",
    ["atualizar --id 3 --mudar nome,idade --nome Bia"] = "atualizar",
    ["atualizar --id 3 --mudar nome,Bia"] = "atualizar",
    ["obter --id 52998224725"] = "obter",
    ["listar --quantidade 52998224725x"] = "listar",
    ["ajuda criar"] = "ajuda criar",
    ["\\campos nome,idade"] = "\\campos nome,idade",
    ["\\campos Bia"] = "\\campos",
    ["explicar CPF_TAKEN"] = "explicar CPF_TAKEN",
    ["ajuda Bia"] = "ajuda",
    ["obter Ana Lima --formato json"] = "obter",
    ["deletar --cpf=52998224725 --sim"] = "deletar",
    ["deletar --id 5x --sim"] = "deletar",
    ["deletar --id 3 --sim"] = "deletar --id 3 --sim",
    ["listar --removidos --busca=Ana"] = "listar --removidos",
} do
    check.same("kept of " .. line, kept(line), wanted)
end
check.same("what cannot run is not kept", {kept "criar Ana", kept "criar --nome 'Ana", kept "importar Ana.csv"},
    {})
check.same("kept of Lua", privacy.lua "1 + 1", "1 + 1")
for _, line in ipairs {"x = 'Ana'", "x = [[Ana]]", "x = 52998224725", "x = 1 -- Ana", "Ana da Silva", "for i = 1, 2 do"} do
    check.same("kept of " .. line, privacy.lua(line), nil)
end

for _, word in ipairs {"Ana", "Ana Lima", "D'Ávila", 'say "x"', ""} do
    check.same("quoted " .. word, words.split(words.quote(word)), {word})
end
