-- Guided forms: their texts, repeated questions, empty answers, and ways to leave.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local form = check.inside "repl.form"
local session = check.inside "client.session"

--- The school's students, by CPF; the simulated service counts its calls, or is unreachable. It finds names as the
--- service does, by the beginnings of words or, after an asterisk, within them; and CPFs by a part.
local school, calls, out_of_reach, cpf_check, required = {}, 0, false, "warn", "br_document,email"

local service = {}

function service.get(request)
    for _, student in pairs(school) do
        if student.id == request.id or student.br_document == request.br_document then return student end
    end
    return nil, {code = "NOT_FOUND", reason = "STUDENT_NOT_FOUND", message = "não há um aluno assim", violations = {}}
end

function service.list(request)
    local query = request.query or ""
    local age, name = query:match "^age=(%d+) (%a+)"
    name = (name or query):lower()
    local found = {}
    for _, student in pairs(school) do
        local words = " " .. student.name:lower()
        local is_meant = words:find(name:match "^%*(.+)" or " " .. name, 1, true)
            or name:find "^%d+$" and student.br_document:find(name, 1, true)
        if is_meant and student.age == (tonumber(age) or student.age) then found[#found + 1] = student end
    end
    table.sort(found, function(a, b) return a.name < b.name end)
    return {students = found, total_size = #found}
end

function service.info()
    return {cpf_check = cpf_check, required = required}
end

local function swapped(one, other)
    for i = 1, #one - 1 do
        local swap = one:sub(1, i - 1) .. one:sub(i + 1, i + 1) .. one:sub(i, i) .. one:sub(i + 2)
        if swap == other and one ~= other then return true end
    end
end

function service.create(request)
    assert(request.validate_only)
    local warnings = {}
    for _, student in pairs(school) do
        local who, new = ("%d, %s"):format(student.id, student.name), request.student
        local same_age = new.age == nil or new.age == student.age
        if same_age and aluno.fold(student.name) == aluno.fold(new.name) then
            warnings[#warnings + 1] = {field = "student.name", reason = "NAME_KNOWN", detail = who}
        end
        if swapped(student.br_document, new.br_document or "") then
            warnings[#warnings + 1] = {field = "student.br_document", reason = "CPF_SWAPPED", detail = who}
        end
    end
    return {id = 9}, nil, {validate_only = true, warnings = warnings}
end

local refused = {
    code = "UNAVAILABLE",
    reason = "CONNECTION_REFUSED",
    message = "nenhum serviço atende",
    remedy = "confira",
    violations = {},
}

function session.call(method, request)
    calls = calls + 1
    if out_of_reach then return nil, refused end
    return service[method.verb.en](request)
end

--- Fills in a method's form -> the transcript, the request or nil, why there is none. `answers.ending`
--- is "end" (by default) or "interrupt"; `interactive`: at a terminal.
local function fill(verb, answers, interactive)
    local transcript, at = {}, 0
    local filled = form.new(check.method(verb), {
        interactive = interactive,
        say = function(text) transcript[#transcript + 1] = text end,
        read = function(prompt)
            at = at + 1
            if not answers[at] then return nil, answers.ending or "end" end
            transcript[#transcript + 1] = prompt .. answers[at]
            return answers[at]
        end,
    })
    filled:begin()
    local request, why = filled:fill()
    return table.concat(transcript, "\n"), request, why
end

local transcript, request = fill("criar", {"aluno teste", "16", "123.123.123-13", "email@email.com"})
check.same("criar, word for word", transcript, [[
===Criação de aluno===
> Nome do aluno: aluno teste
> Idade do aluno: 16
> CPF do aluno: 123.123.123-13
> e-mail do aluno: email@email.com]])
check.same("criar, the request", request,
    {student = {name = "aluno teste", age = 16, br_document = "12312312313", email = "email@email.com"}})

transcript, request = fill("criar",
    {"", "João", "dezesseis", "16.5", "", " 16 ", "123", "52998224725", "x", "j@x.org"})
check.same("bad answers are refused and asked again", (transcript:gsub(" %(%d+%)", "")), ([[
===Criação de aluno===
> Nome do aluno:_
o nome está vazio
> Nome do aluno: João
> Idade do aluno: dezesseis
O valor deve ser um número inteiro
> Idade do aluno: 16.5
O valor deve ser um número inteiro
> Idade do aluno:_
O valor deve ser um número inteiro
> Idade do aluno:  16_
> CPF do aluno: 123
o CPF deve ter 11 dígitos
> CPF do aluno: 52998224725
> e-mail do aluno: x
o endereço de e-mail não é válido
> e-mail do aluno: j@x.org]]):gsub("_", " "))
check.same("the answers that were good", request.student.age, 16)

transcript, request = fill("atualizar", {"529.982.247-25", "", "17", ""})
check.same("atualizar, word for word", transcript, ([[
===Atualização de aluno===
> CPF do aluno: 529.982.247-25
> Nome do aluno:_
> Idade do aluno: 17
> e-mail do aluno:_]]):gsub("_", " "))
check.same("an empty answer keeps the value", request, {br_document = "52998224725", student = {age = 17}})

transcript, request = fill("listar", {"0", "101", ""})
check.same("listar, word for word", (transcript:gsub("o número[^\n]*", "fora")), [[
===listagem de aluno===
> Quantidade de alunos (max: 100): 0
fora
> Quantidade de alunos (max: 100): 101
fora
> Quantidade de alunos (max: 100): ]])
check.same("an empty answer lists all", request, {})

transcript, request = fill("deletar", {"", "52998224725"})
check.same("deletar, word for word", (transcript:gsub(" %(%d+%)", "")), ([[
===remoção de aluno===
> CPF do aluno:_
o CPF deve ter 11 dígitos
> CPF do aluno: 52998224725]]):gsub("_", " "))
check.same("deletar, the request", request, {br_document = "52998224725"})

check.same("input that ends", {select(2, fill("criar", {"Ana"}))}, {nil, "end"})
check.same("a form abandoned", {select(2, fill("criar", {"Ana", ending = "interrupt"}))}, {nil, "interrupt"})
check.same("no form without questions", form.exists(check.method "saude"), false)

-- At a terminal the present values are in brackets, and the student is shown before the request is sent.
local ana = {id = 7, name = "Ana Lima", age = 20, br_document = "52998224725", email = "ana@x.br"}
school = {[ana.br_document] = ana}
local ana_shown = "id  nome      idade  cpf             email\n 7  Ana Lima     20  529.982.247-25  ana@x.br"

local ways_out = "(< ou voltar: pergunta anterior; ?: ajuda; Ctrl-C: desiste)"
transcript, request = fill("atualizar", {"111.444.777-35", "529.982.247-25", "", "x", "21", "", "", "sim"}, true)
check.same("atualizar at a terminal", transcript, ([[
===Atualização de aluno===
(< ou voltar: pergunta anterior; ?: ajuda; Ctrl-C: desiste)
> CPF do aluno: 111.444.777-35
não há um aluno assim
> CPF do aluno: 529.982.247-25
> Nome do aluno [Ana Lima]:_
> Idade do aluno [20]: x
O valor deve ser um número inteiro
> Idade do aluno [20]: 21
> CPF do aluno [529.982.247-25]:_
> e-mail do aluno [ana@x.br]:_
idade: 20 → 21
> Gravar? (sim/não) [sim]: sim]]):gsub("_", " "))
check.same("only the answers are sent", request, {br_document = "52998224725", student = {age = 21}})
check.same("a CPF is corrected by the id, and what is the same is not sent",
    select(2, fill("atualizar", {"52998224725", "Ana Lima", "20", "390.533.447-05", "", ""}, true)),
    {id = 7, student = {br_document = "39053344705"}})
transcript = fill("atualizar", {"529.982.247-25", "", "21", ""})
check.same("from a pipe there are no brackets", transcript:find("[", 1, true), nil)
check.same("an update of nothing is not sent", {select(2, fill("atualizar", {"52998224725", "", "", "", ""}, true))},
    {nil, "dropped"})
check.same("nor one that is refused", {select(2, fill("atualizar", {"52998224725", "", "21", "", "", "não"}, true))},
    {nil, "dropped"})

-- One key for a student: an id, a CPF, or words of the name; of several one is chosen by its number.
local another = {id = 9, name = "Ana Maria", age = 8, br_document = "11144477735", email = "am@x.br"}
school[another.br_document] = another
transcript, request = fill("deletar", {"ana", "3", "2", "s"}, true)
check.same("several of a name", transcript:match "ana\n(.*)\n> Remover", [[
São 2 alunos:
n  nome       idade  cpf             email
1  Ana Lima      20  529.982.247-25  ana@x.br
2  Ana Maria      8  111.444.777-35  am@x.br
> Qual deles? (número; Enter desiste): 3
Escolha um número de 1 a 2
> Qual deles? (número; Enter desiste): 2
id  nome       idade  cpf             email
 9  Ana Maria      8  111.444.777-35  am@x.br]])
check.same("is one", request, {id = 9})
check.same("one of a name", select(2, fill("obter", {"maria"}, true)), {id = 9})
check.same("an id", select(2, fill("obter", {"9"}, true)), {id = 9})
check.same("letters within the name", select(2, fill("obter", {"ari"}, true)), {id = 9})
check.same("digits within the CPF", select(2, fill("obter", {"447.773"}, true)), {id = 9})
check.same("from a pipe neither", {fill("obter", {"ari"}):match "[^\n]*$", fill("obter", {"44477735"}):match "[^\n]*$"},
    {"não há um aluno com 'ari'", "o CPF deve ter 11 dígitos (8)"})
transcript, request = fill("obter", {"zoe", "529982248", "ana", "", "lima"}, true)
check.same("nobody, too few digits, nobody chosen, then one", {
    transcript:find("não há um aluno com 'zoe'", 1, true) ~= nil,
    transcript:find("o CPF deve ter 11 dígitos (9)", 1, true) ~= nil, request,
}, {true, true, {id = 7}})
transcript = fill("obter", {"ana"})
check.same("from a pipe it must be one", transcript:match "ana\n(.*)", "há 2 alunos com 'ana'")
another.delete_time = 1
check.same("a removed one, by the name", select(2, fill("restaurar", {"ana"}, true)), {id = 9})
check.same("or by the CPF", select(2, fill("restaurar", {"111.444.777-35"}, true)), {id = 9})
school[another.br_document] = nil

-- Ways back and out, at a terminal alone.
transcript, request = fill("criar", {"Bia", "<", "voltar", "Bea", "voltar", "Beatriz Sá", "?", "9", "39053344705", "b@x.br", "<",
    "bia@x.br", ""}, true)
check.same("back, and forth", transcript:gsub("\n[^>][^\n]*", ""), ([[
===Criação de aluno===
> Nome do aluno: Bia
> Idade do aluno: <
> Nome do aluno [Bia]: voltar
> Nome do aluno [Bia]: Bea
> Idade do aluno: voltar
> Nome do aluno [Bea]: Beatriz Sá
> Idade do aluno: ?
> Idade do aluno: 9
> CPF do aluno: 39053344705
> e-mail do aluno: b@x.br
> Gravar? (sim/não) [sim]: <
> e-mail do aluno [b@x.br]: bia@x.br
> Gravar? (sim/não) [sim]:_]]):gsub("_", " "))
check.same("the last answers count", request.student,
    {name = "Beatriz Sá", age = 9, br_document = "39053344705", email = "bia@x.br"})
check.same("? is the rule", transcript:match "%?\n([^\n]*)",
    "Idade do aluno: um número inteiro de anos, de 0 a 150; ou Data de nascimento do aluno: um dia, " ..
    "escrito dd/mm/aaaa ou aaaa-mm-dd")
check.same("sair leaves the form", {select(2, fill("criar", {"Bia", "sair"}, true))}, {nil, "interrupt"})
check.same("from a pipe it is an answer", fill("criar", {"<"}):find("Esta é", 1, true), nil)

-- Odd answers are asked again.
transcript, request = fill("criar", {"Bia | grep", "Bia", "9", "39053344705", "b@x", "", "sim"}, true)
check.same("an odd name, an odd address that is kept", {
    transcript:find("Aviso: o nome tem '|'", 1, true) ~= nil,
    transcript:find("> Nome do aluno [Bia | grep]: Bia\n", 1, true) ~= nil,
    transcript:find("> e-mail do aluno [b@x]: \n", 1, true) ~= nil, request.student.email,
}, {true, true, true, "b@x"})

for answer, wanted in pairs {sim = true, S = true, sair = false, ["não"] = false, ["NÃO"] = false, [""] = false} do
    transcript, request = fill("deletar", {"52998224725", answer}, true)
    check.same("deletar shows the student, then " .. answer, request ~= nil, wanted)
    check.same("deletar at a terminal", transcript, "===remoção de aluno===\n" .. ways_out .. "\n> CPF do aluno: 52998224725\n" ..
        ana_shown .. "\n> Remover este aluno? (sim/não) [não]: " .. answer .. (wanted and "" or "\nNada foi enviado"))
end
check.same("from a pipe it asks nothing more", {select(2, fill("deletar", {"52998224725"}))},
    {{br_document = "52998224725"}})
check.same("nor about no student: the service reports it", {select(2, fill("deletar", {"11144477735"}, true))},
    {{br_document = "11144477735"}})
check.same("Ctrl-C at the question", {select(2, fill("deletar", {"52998224725", ending = "interrupt"}, true))},
    {nil, "interrupt"})

-- Possible duplicates are shown before the request is sent. A person must confirm; a pipe need not.
local again = {"ANA LÍMA", "20", "111.444.777-35", "outra@x.br"}
local namesakes = "Aviso: já há um aluno com este nome e mais ou menos esta idade: nº 7, Ana Lima"
transcript, request = fill("criar", again)
check.same("a namesake, on a pipe", transcript:match "outra@x.br\n(.*)", namesakes)
check.same("is a warning", request.student.name, "ANA LÍMA")
again[5] = "n"
transcript, request = fill("criar", again, true)
check.same("a namesake, at a terminal", transcript:match "outra@x.br\n.-(Aviso: já.*)",
    namesakes .. "\n> Criar mesmo assim? (sim/não) [não]: n\nNada foi enviado")
check.same("is not created unless it is meant", request, nil)
for title, answers in pairs {
    ["another age"] = {"Ana Lima", "21", "111.444.777-35", "a@x.br"},
    ["a longer name"] = {"Ana Lima Reis", "20", "111.444.777-35", "a@x.br"},
} do
    check.same(title, fill("criar", answers):find("Aviso", 1, true), nil)
end
transcript = fill("criar", {"Bia", "9", "529.982.274-25", "b@x.br"})
check.same("a swap of neighbouring digits", transcript:match "b@x.br\n(.*)",
    "Aviso: já há um aluno com este CPF, a não ser por dois dígitos vizinhos trocados: nº 7, Ana Lima")
check.same("two wrong digits are no swap", fill("criar", {"Bia", "9", "529.982.265-25", "b@x.br"}):find "Aviso", nil)

-- The question for the age takes a birth date as well.
transcript, request = fill("criar", {"Bia", "31/02/2010", "5/3/2010", "111.444.777-35", "b@x.br"})
check.same("a birth date", request.student,
    {name = "Bia", birth_date = "2010-03-05", br_document = "11144477735", email = "b@x.br"})
check.same("that the calendar lacks", transcript:match "31/02/2010\n([^\n]*)", "esse dia não existe no calendário")
transcript, request = fill("criar", {"Bia", "?", "05/03/2010", "<", "16", "111.444.777-35", "b@x.br", "s"}, true)
check.same("at a terminal", {transcript:match "ou Data[^\n]*", transcript:match "Idade do aluno %[05/03/2010%]",
    request.student.age, request.student.birth_date}, {"ou Data de nascimento do aluno: um dia, escrito dd/mm/aaaa ou aaaa-mm-dd",
    "Idade do aluno [05/03/2010]", 16, nil})
school["52998224725"].birth_date = "2006-03-05"
transcript = fill("atualizar", {"52998224725", "", "", "", "", "s"}, true)
check.same("the present one", transcript:match "Idade do aluno %[([^%]]*)", "05/03/2006")
school["52998224725"].birth_date = nil

-- Fields that the service's policy does not require may be left empty.
required = "email"
transcript, request = fill("criar", {"Bia", "9", "", "", "b@x.br"})
check.same("without a CPF", {request.student.br_document, request.student.email}, {nil, "b@x.br"})
check.same("but not without an e-mail", transcript:find("e-mail do aluno: \no endereço", 1, true) ~= nil, true)
required = "br_document,email"

-- A CPF is checked when it is typed.
transcript, request = fill("criar", {"Bia", "9", "123.456.789-10", "", "b@x.br", ""}, true)
check.same("check digits are odd, and asked again", transcript:match "%-10\n(.-)\n> e%-mail",
    "Aviso: os dígitos verificadores do CPF não conferem (para 123.456.789 seriam 09). Enter mantém; ou corrija:\n" ..
    "> CPF do aluno [123.456.789-10]: ")
check.same("Enter keeps them", request.student.br_document, "12345678910")
transcript = fill("criar", {"Bia", "9", "12345678910", "b@x.br"})
check.same("but not on a pipe, where the reply says it", transcript:find "Aviso", nil)
transcript = fill("criar", {"Bia", "9", "52998224725", "39053344705", "b@x.br", ""}, true)
check.same("a CPF that is taken is refused", transcript:match "725\n(.-)\n> e%-mail",
    "Aviso: outro aluno já tem este CPF:\n" .. ana_shown .. "\n> CPF do aluno: 39053344705")
cpf_check = "strict"
transcript, request = fill("criar", {"Bia", "9", "123.456.789-10", "123.456.789-09", "b@x.br", ""}, true)
check.same("where the service is strict they are wrong", transcript:match "%-10\n(.*)\n> e%-mail",
    "os dígitos verificadores do CPF não conferem (para 123.456.789 seriam 09)\n> CPF do aluno: 123.456.789-09")
check.same("and asked again", request.student.br_document, "12345678909")

-- If the service is unreachable, a form that must show a student is dropped with a message. Other forms continue, and
-- do not wait for the service again.
out_of_reach, calls = true, 0
local shown, removal, reason = fill("deletar", {"52998224725"}, true)
check.same("deletar", {shown:match "Problema na conexão: [^\n]*", removal, reason},
    {"Problema na conexão: nenhum serviço atende. Confira", nil, "dropped"})
check.same("criar", select(2, fill("criar", {"Ana Lima", "20", "52998224725", "a@x.br", ""}, true)).student.age, 20)
check.same("one call each", calls, 2)
