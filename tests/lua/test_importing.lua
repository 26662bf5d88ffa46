-- The parts of an import that need no service: headings, rows, the order of concurrent tasks, files that get their name
-- when they are complete.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local columns = check.inside "commands.import.columns"
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
check.same("an empty file", places(), "a primeira linha não dá nome às colunas")
check.same("not UTF-8, a NUL", places("nome", "idade", "cpf", "email", "\xFF", "a\0"),
    "há colunas desconhecidas: \xFF, a\0")
check.same("all at once", places("nome", "Name", "idade", "turma", "série"),
    "há colunas desconhecidas: turma, série; faltam colunas: cpf, email; mais de uma coluna dá nome: nome, Name")
check.same("others left out", columns.find({"turma", "nome", "idade", "cpf", "email"}, true).places.name, 2)

-- ---- rows ----

local function student(cells, add_zeros)
    local self = row.new(7, cells, wanted, add_zeros)
    return self.student or self.reason, self.zeros
end

check.same("normalised", student {"  João  da Silva ", " 16 ", "529.982.247-25", "j@x.br"},
    {name = "João da Silva", age = 16, br_document = "52998224725", email = "j@x.br"})
check.same("all that is wrong", student {"", "16.5", "1"}, "FIELD_KIND FIELD_REQUIRED CPF_LENGTH")
check.same("a number too large", student {"Ana", "99999999999999999999", "52998224725", "a@b.c"}, "FIELD_KIND")
check.same("no hexadecimal", student {"Ana", "0x10", "52998224725", "a@b.c"}, "FIELD_KIND")
check.same("lost zeros are reported", {student {"Ana", "1", "191", "a@b.c"}}, {"CPF_LENGTH", "lost"})
check.same("and added on request", {student({"Ana", "1", "191", "a@b.c"}, true)},
    {{name = "Ana", age = 1, br_document = "00000000191", email = "a@b.c"}, "added"})
check.same("if the check digits show it", {student({"Ana", "1", "192", "a@b.c"}, true)}, {"CPF_LENGTH"})
check.same("not with dots", {student({"Ana", "1", "1.91", "a@b.c"}, true)}, {"CPF_DECIMAL"})

local ana = row.new(1, {"Ana", "1", "191", "a@b.c"}, wanted, true)
local same = row.new(9, {" Ana ", "01", "000.000.001-91", "a@b.c"}, wanted)
check.same("the key is the student's", row.key(ana), row.key(same))
for i, cells in ipairs {{"Anna", "1", "191", "a@b.c"}, {"Ana", "2", "191", "a@b.c"}, {"Ana", "1", "52998224725", "a@b.c"},
    {"Ana", "1", "191", "b@b.c"}} do
    check.same("another student's, another " .. i, row.key(row.new(1, cells, wanted, true)) ~= row.key(ana), true)
end
row.compare(same, {id = 5, name = "Ana", age = 1, br_document = "00000000191", email = "a@b.c", etag = "1"})
check.same("present", same.outcome, "present")
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
