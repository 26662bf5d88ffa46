-- The parts of an import that need no service: headings, rows, the order of concurrent tasks, files that get their name
-- when they are complete.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local columns = check.inside "commands.import.columns"
local imports = check.inside "client.imports"
local pipeline = check.inside "commands.import.pipeline"
local replacement = check.inside "client.replacement"
local row = check.inside "commands.import.row"

-- ---- headings ----

local function places(...)
    local found, err = columns.find {...}
    return found and found.places or err.message
end

local wanted = {name = 1, age = 2, br_document = 3, email = 4}
check.same("Portuguese", places("nome", "idade", "cpf", "email"), wanted)
check.same("English", places("name", "age", "br_document", "email"), wanted)
check.same("labels", places("Nome do aluno", "Student's age", "CPF do Aluno", "E-MAIL DO ALUNO"), wanted)
check.same("spelt freely", places("  NÔME ", "Idade\n", "C.P.F.", "e mail"), wanted)
check.same("in any order, with what an export has", places("email", "Id", "cpf", "etag", "idade", "criado_em", "nome"),
    {name = 7, age = 5, br_document = 3, email = 1})
check.same("with what rejected rows have", columns.find({"nome", "idade", "linha", "cpf", "email", "razao", "message"}).kept,
    {1, 2, 4, 5})
check.same("none known", places("Ana", "20", "52998224725", "ana@example.com"), "a primeira linha não dá nome às colunas")
check.same("an empty file", places(), "o arquivo está vazio")
check.same("one column", places("nome      idade   cpf"),
    "a primeira linha não dá nome às colunas, ou o que as separa não é ; , | nem tabulação")
check.same("not UTF-8, what a terminal would carry out", places("nome", "idade", "cpf", "\xFF", "a\27[2Jb"),
    "há colunas desconhecidas: \xFF, a [2Jb; faltam colunas: email")
check.same("nor a C1 control or a change of direction", places("nome", "idade", "cpf", "a\u{9B}2Jb", "\u{202E}liame"),
    "há colunas desconhecidas: a 2Jb,  liame; faltam colunas: email")
check.same("all at once", places("nome", "Name", "idade", "turma", "série"),
    "há colunas desconhecidas: turma, série; faltam colunas: cpf, email; mais de uma coluna dá nome: nome, Name")
check.same("others left out", columns.find({"turma", "nome", "idade", "cpf", "email"}).left_out, {"turma"})

-- Other words for the columns
for _, heading in ipairs {"Aluno - Nome", "Estudante/Aluno", "Nome aluno(a)", "Nome e sobrenome", "NomeCompleto",
    "Nome da criança", "nome_completo", "Sobrenome, Nome", "Nome Social", "Aluno", "ALUNO(A)", "Nome completo",
    "Nome do(a) Aluno(a)", "Estudante", "Nome\ndo aluno", "nome_aluno", "Discente"} do
    check.same(heading, places(heading, "idade", "cpf", "email"), wanted)
end
for _, heading in ipairs {"Idade atual", "Anos completos", "Idade em 2026", "Idade (anos)", "Idade em 31/03/2026",
    "IDADE DO ALUNO"} do
    check.same(heading, places("nome", heading, "cpf", "email"), wanted)
end
for _, heading in ipairs {"C P F", "cpf_aluno", "Documento (CPF)", "CPF n.º", "NumeroCPF", "num_cpf", "CPF number",
    "CPF da criança", "Cadastro de Pessoa Física", "CPF nº", "Nº do CPF", "C.P.F.", "CPF do aluno", "CPF/MF",
    "CPF (somente números)"} do
    check.same(heading, places("nome", "idade", heading, "email"), wanted)
end
for _, heading in ipairs {"E-mails", "Email 1", "Contato (e-mail)", "Mail", "EmailAluno", "E-mail do responsável legal",
    "E-mail", "e mail do aluno", "Correio eletrônico", "E-mail do responsável", "EMAIL PARA CONTATO"} do
    check.same(heading, places("nome", "idade", "cpf", heading), wanted)
end
for _, heading in ipairs {"Data Nascto", "Nasc.", "D.N.", "Nascido em", "Aniversário", "DataNascimento", "data_nascimento",
    "Data de nascimento (dd/mm/aaaa)", "Data de nascimento", "Nascimento", "Data Nasc.", "Dt. Nasc", "DN", "Date of birth"} do
    check.same(heading, places("nome", heading, "cpf", "email"), {name = 1, birth_date = 2, br_document = 3, email = 4})
end
for _, heading in ipairs {"Nº do aluno", "Nome da escola", "Aluno novo", "Data de matrícula", "Idade da mãe", "Data", "Nº",
    "RA do aluno", "CPF/RG", "Nome da mãe", "Telefone do aluno", "E-mail da escola"} do
    check.same("no field: " .. heading, columns.find({"nome", "idade", "cpf", "email", heading}).left_out, {heading})
end
check.same("the student's own comes first", places("E-mail do responsável", "nome", "idade", "cpf", "e-mail"),
    {email = 5, name = 2, age = 3, br_document = 4})
check.same("nobody else's CPF or name", places("Nome da mãe", "idade", "CPF do responsável", "email"),
    "há colunas desconhecidas: Nome da mãe, CPF do responsável; faltam colunas: nome, cpf")
local _, unsure = columns.find {"Nome", "idade", "Documento", "email"}
check.same("what was meant?", unsure.remedy, "quis dizer --coluna cpf=Documento?")

local _, repeated = columns.find {"nome", "idade", "cpf", "email", "Nome"}
check.same("the same heading twice", repeated.remedy, "quis dizer --coluna nome=1?")

--- The columns with what --coluna gives.
local function mapped(headings, ...)
    local given = columns.given {...}
    local found, problem = columns.find(headings, given)
    return found and found.places or problem.message
end

check.same("a column that is given", mapped({"X", "idade", "cpf", "email", "nome"}, "nome=x"), wanted)
check.same("by its number", mapped({"", "idade", "cpf", "email"}, "nome=1"), wanted)
check.same("of two with one heading", mapped({"nome", "idade", "cpf", "email", "nome"}, "nome=1"), wanted)
check.same("several", mapped({"A", "B", "cpf", "email"}, "Nome do aluno=A", "idade = b"), wanted)
for _, case in ipairs {
    {"nome=Estudate", "não há a coluna Estudate, de --coluna", "quis dizer --coluna nome=Estudante?"},
    {"nome=estud", "não há a coluna estud, de --coluna", "quis dizer --coluna nome=Estudante?"},
    {"nome=Y\27[2J", "não há a coluna Y [2J, de --coluna", "as colunas do arquivo são nome, idade, cpf, email, Estudante"},
    {"nome=7", "não há a coluna 7, de --coluna", "as colunas do arquivo são nome, idade, cpf, email, Estudante"},
} do
    local _, problem = columns.find({"nome", "idade", "cpf", "email", "Estudante"}, columns.given {case[1]})
    check.same("one that is not there: " .. case[1], {problem.message, problem.remedy}, {case[2], case[3]})
end
check.same("one that is not there, in rejected rows", mapped({"nome", "idade", "cpf", "email", "linha"}, "nome=Y"), wanted)
check.same("no field", select(2, columns.given {"altura=A"}).message,
    "--coluna: não há o campo altura; há: nome, idade, cpf, email, nascimento")
check.same("no heading", select(2, columns.given {"nome"}).message, "--coluna é CAMPO=TÍTULO, como nome=Aluno, não 'nome'")

-- ---- rows ----

local function student(cells, add_zeros)
    local self = row.new(7, cells, wanted, add_zeros)
    return self.student or self.reason, self.zeros
end

check.same("normalised", student {"  João  da Silva ", " 16 ", "529.982.247-25", "j@x.br"},
    {name = "João da Silva", age = 16, br_document = "52998224725", email = "j@x.br"})
check.same("all that is wrong", student {"", "16.5", "1"}, "FIELD_KIND FIELD_REQUIRED CPF_LENGTH")
check.same("a number too large", student {"Ana", "99999999999999999999", "52998224725", "a@b.c"}, "FIELD_KIND")
for _, cell in ipairs {"#NOME?", "#NAME?", "#N/D", "#REF!", " #DIV/0! ", "#VALOR!"} do
    local failed = row.new(7, {cell, "16", "52998224725", "a@b.c"}, wanted)
    check.same("a formula that failed: " .. cell, {failed.student or failed.reason, failed.message},
        {"FIELD_KIND", "Nome do aluno: a célula tem um erro da planilha, " .. cell})
end
check.same("no hexadecimal", student {"Ana", "0x10", "52998224725", "a@b.c"}, "FIELD_KIND")
check.same("lost zeros are reported", {student {"Ana", "1", "191", "a@b.c"}}, {"CPF_LENGTH", "lost"})
check.same("and added on request", {student({"Ana", "1", "191", "a@b.c"}, true)},
    {{name = "Ana", age = 1, br_document = "00000000191", email = "a@b.c"}, "added"})
check.same("if the check digits show it", {student({"Ana", "1", "192", "a@b.c"}, true)}, {"CPF_LENGTH"})
check.same("not with dots", {student({"Ana", "1", "1.91", "a@b.c"}, true)}, {"CPF_DECIMAL"})

-- Which rows are students
local reading = check.inside "commands.import.reading"
local lines_read, lines_skipped = {}, {}
do
    local reader = assert(aluno.csv.reader([[
Escola;;;
Nome;Idade;CPF;E-mail
Ana;9;52998224725;a@b.c
Nome;Idade;CPF;E-mail
Total: 1;;;
Totó;;;
OBS. de junho;;;
;;;
]] .. "\x1A"))
    local found = assert(reading.columns(reader, {}))
    local next_row = reading.rows(reader, found, true, function(line) table.insert(lines_skipped, line) end)
    for each in next_row do
        table.insert(lines_read, each.line .. " " .. (each.reason or each.student.name))
    end
end
check.same("students, and what is about the list", {lines_read, lines_skipped}, {{"3 Ana", "6 FIELD_REQUIRED"}, {4, 5, 7, 9}})

-- Changes that spreadsheets make to values
local cells = check.inside "commands.import.cells"
for _, case in ipairs {
    {'="61094170500"', "61094170500"}, {'="a ""b"""', 'a "b"'}, {"=16", "16"}, {"'16", "16"}, {" '16' ", "16"},
    {"Rui\nAlves", "Rui Alves"}, {"=A1+B1", "=A1+B1"},
} do
    check.same(case[1], cells.text(case[1]), case[2])
end
check.same("a name's apostrophe", {cells.text("'Ana", true), cells.text("'Élio", true), cells.text("'t Hooft", true)},
    {"Ana", "Élio", "'t Hooft"})
for _, case in ipairs {
    {"16.0", 16}, {"16,0", 16}, {" 16 anos ", 16}, {"1 ano", 1}, {"16,5"}, {"dez"}, {"1\0"},
} do
    check.same(case[1], cells.whole(case[1]), case[2])
end
for _, case in ipairs {
    {"3338904851.0", "03338904851", "added"}, {"3338904851,00", "03338904851", "added"}, {"3338904852.0", "3338904852.0"},
    {"52998224725.0", "52998224725"}, {"52998224724.0", "52998224724.0"}, {"529.982.247-25", "529.982.247-25"},
    {"\u{A0}191\u{A0}", "00000000191", "added"}, {"6,1E+10", "6,1E+10"},
} do
    check.same(case[1], {cells.cpf(case[1], true)}, {case[2], case[3]})
end
local today = {year = 2026, month = 11, day = 29}
for _, case in ipairs {
    {"29/11/2010", "2010-11-29"}, {"1/2/2010", "2010-02-01"}, {"2010-11-30", "2010-11-30"}, {"2010-11-29 00:00:00", "2010-11-29"},
    {"29.11.10", "2010-11-29"}, {"01/01/98", "1998-01-01"}, {"3 de maio de 2010", "2010-05-03"}, {"03/Mai/2010", "2010-05-03"},
    {"3-mar-10", "2010-03-03"}, {"40301", "2010-05-03"}, {"31/02/2011", "2011-02-31"}, {"2010"}, {""}, {"ontem"}, {"1/2/210"},
    {"\0"}, {"3 de xyz de 2010"}, {"31122010", "2010-12-31"}, {"20101231", "2010-12-31"}, {"99999999"}, {"40301,5", "2010-05-03"},
    {"segunda-feira, 3 de maio de 2010", "2010-05-03"}, {"1º/05/2010", "2010-05-01"}, {"1º de maio de 2010", "2010-05-01"},
    {"May 3, 2010", "2010-05-03"}, {"3/5/2010 (16 anos)", "2010-05-03"},
} do
    check.same(case[1], cells.birth_date(case[1], today), case[2])
end
for cell, order in pairs {
    ["25/03/2010"] = "day", ["3-25-10"] = "month", ["05/03/2010"] = "either", [" 5.3.2010 "] = "either", ["03/03/2010"] = false,
    ["2010-05-03"] = false, ["31122010"] = false, ["25/25/2010"] = false, ["3 de maio de 2010"] = false, [""] = false,
    ["16"] = false,
} do
    check.same("the order of " .. cell, cells.date_order(cell) or false, order)
end
check.same("month/day", cells.birth_date("05/03/2010", today, true), "2010-05-03")
local born = {name = 1, birth_date = 2, br_document = 3, email = 4}
local infant = row.new(3, {"Ana", "1/1/20", "52998224725", "a@b.c"}, born)
check.same("a birth date", {infant.student.birth_date, infant.student.age}, {"2020-01-01"})
infant = row.new(3, {"Ana", "31/02/2020", "52998224725", "a@b.c"}, born)
check.same("that is none", {infant.reason, infant.message},
    {"BIRTH_DATE_UNKNOWN", "Data de nascimento do aluno: esse dia não existe no calendário"})
infant = row.new(3, {"Ana", "12/31/2010", "52998224725", "a@b.c"}, born)
check.same("that is an American's", infant.message,
    "Data de nascimento do aluno: esse dia não existe no calendário; está com o mês antes do dia?")
infant = row.new(3, {"–", "-", "—", " - "}, born)
check.same("dashes are nothing", infant.reason, "FIELD_REQUIRED FIELD_REQUIRED")
infant = row.new(3, {"Ana", "ontem", "52998224725", "a@b.c"}, born)
check.same("that is not one at all", infant.reason, "BIRTH_DATE_INVALID")
infant = row.new(3, {"Ana", "01/01/2020", "52998224725", "a@b.c", "9"},
    {name = 1, birth_date = 2, br_document = 3, email = 4, age = 5})
check.same("it counts more than an age", {infant.student.birth_date, infant.student.age}, {"2020-01-01"})
infant = row.new(3, {"Ana", "01/01/2020", "52998224725", "a@b.c"}, wanted)
check.same("in the age's place", {infant.student.birth_date, infant.student.age}, {"2020-01-01"})
infant = row.new(3, {"Ana", "9", "", "a@b.c"}, wanted)
check.same("without a CPF, which the service judges",
    {infant.student.age, infant.student.br_document, infant.doubtful}, {9, nil, false})
check.same("an odd character", row.new(3, {"Ana", "16–", "52998224725", "a@b.c"}, wanted).message,
    "Idade do aluno: O valor deve ser um número inteiro: U+2013 (–) na posição 3")
for name, likely in pairs {["JoÃ£o"] = "João", ["Jo%C3%A3o"] = "João", ["Jo=C3=A3o"] = "João", ["Jo&atilde;o"] = "João",
    ["Concei‡Æo"] = "Conceição", ["Concei??o"] = "?", ["João"] = false} do
    check.same(name, row.new(3, {name, "1", "191", "a@b.c"}, wanted, true).garbled or false, likely)
end

local ana = row.new(1, {"Ana", "1", "191", "a@b.c"}, wanted, true)
local same = row.new(9, {" Ana ", "01", "000.000.001-91", "a@b.c"}, wanted)
check.same("the key is the student's", row.key(ana), row.key(same))
for i, other in ipairs {{"Anna", "1", "191", "a@b.c"}, {"Ana", "2", "191", "a@b.c"}, {"Ana", "1", "52998224725", "a@b.c"},
    {"Ana", "1", "191", "b@b.c"}} do
    check.same("another student's, another " .. i, row.key(row.new(1, other, wanted, true)) ~= row.key(ana), true)
end
row.compare(same, {id = 5, name = "Ana", age = 1, br_document = "00000000191", email = "a@b.c", etag = "1"})
check.same("present", same.outcome, "present")
row.compare(ana, {name = "Ana", age = 2, br_document = "00000000191", email = "x@b.c"}, true)
check.same("to be updated", {ana.outcome, #ana.changes, ana.changes[1].old, ana.changes[1].new}, {nil, 2, 2, 1})
row.compare(ana, {name = "Ana", age = 2, br_document = "00000000191", email = "x@b.c"})
check.same("another", {ana.outcome, ana.reason, ana.message},
    {"rejected", "CPF_TAKEN", "já cadastrado com outro valor de: idade, email"})

-- ---- many at once ----

--- Runs so many tasks, every other one with two calls, until the task `stop_at` ends -> the results, the maximum of
--- concurrent tasks, the calls in the order of their waits, the result that ended the run
local function run(most, tasks, stop_at)
    local log, under_way, peak, next_one, settled = {}, 0, 0, 0, {}
    local function future(name, is_done)
        return {
            done = function() return is_done end,
            wait = function()
                log[#log + 1] = name
                return name, "metadata"
            end,
        }
    end
    local ended = pipeline.run(most, function()
        next_one = next_one + 1
        local number = next_one
        if number > tasks then return nil end
        return function()
            under_way = under_way + 1
            peak = math.max(peak, under_way)
            if number % 2 == 0 then
                local name, metadata = pipeline.await(future("call " .. number, true))
                check.same("what wait gives", {name, metadata}, {"call " .. number, "metadata"})
                pipeline.await(future("again " .. number, false))
            end
            return number
        end
    end, function(number)
        under_way = under_way - 1
        settled[#settled + 1] = number
        return number == stop_at and "stopped" or nil
    end)
    return settled, peak, log, ended
end

local settled, peak, log, ended = run(4, 6)
check.same("in their order", settled, {1, 2, 3, 4, 5, 6})
check.same("as many at once", peak, 4)
check.same("a second call goes out while the first is waited for", log,
    {"call 2", "call 4", "again 2", "again 4", "call 6", "again 6"})
check.same("to the end", ended, nil)
local few, _, _, stopped = run(2, 100, 3)
check.same("or as far as wanted", {#few, stopped}, {3, "stopped"})
check.same("nothing at all", (run(8, 0)), {})
check.raises("an error in a task", "on purpose", pipeline.run, 2, function()
    return function() error("on purpose") end
end, print)

-- ---- files ----

local path = os.tmpname()

local function content(name)
    local file <close> = io.open(name)
    return file and file:read "a"
end

local function replace(text, keep)
    local file <close> = assert(replacement.open(path))
    assert(file:write(text))
    check.same("not before the end", content(path) ~= text, true)
    if keep ~= nil then check.same("commit", file:commit(keep), true) end
end

replace("one", false)
check.same("whole", {content(path), content(path .. ".part")}, {"one"})
replace "two"
check.same("left", {content(path), content(path .. ".part")}, {"one"})
replace("two", true)
check.same("the former one is kept", {content(path), content(path .. "~")}, {"two", "one"})
do
    local file <close> = assert(replacement.open(path))
    file:write "two"
    file:commit(true)
end
check.same("but not the same one", {content(path), content(path .. "~")}, {"two", "one"})
os.remove(path)
os.remove(path .. "~")
check.same("no folder", (replacement.open "/none/x"), nil)

-- ---- what an import registered ----

do
    local record <close> = imports.new()
    record.count, record.file = 1, assert(io.open("/dev/full", "w"))
    record:add {id = 1, etag = "1", create_time = 1}
    record:settle {}
    check.same("a full disk is told", record.problem ~= nil, true)
end
