-- aluno.test: assertions and fixtures for scripts that `aluno testar` runs, against a disposable service.
--
--   local test = aluno.test
--   local c <close> = test.client()                    -- strict: a failure ends the script
--   local bia = c:create(test.student {age = 9})       -- made-up values, others each time
--   test.equal(bia.age, 9, "Bia's age")
--   test.equal(test.count "age<10", 1, "the young")
--   test.refused("CPF_TAKEN", c.create, c, test.student {br_document = bia.br_document})
--   test.check(bia.id > 0, "there is an id")
--
-- A failed assertion raises, with both values and its line.
local core = require "core"
local cpf = require "aluno.cpf"
local equal = require "aluno.equal"
local errors = require "aluno.errors"
local lists = require "aluno.lists"
local show = require "aluno.show"

local getenv = os.getenv

local test = {}

local first_names = {
    "Ana", "João", "Beatriz", "Caio", "Débora", "Érico", "Flávia", "Gonçalo", "Helena", "Ícaro", "Júlia", "Luís",
    "Márcia", "Nélson", "Olívia", "Paulo",
}
local family_names = {
    "Silva", "D'Ávila", "Conceição", "Prado", "Araújo", "Lima", "Magalhães", "Nóbrega", "Sá", "Torres", "Vasconcelos",
}

-- The first number of test.student: far from those of the students that existed before the script.
local number = 500000000

--- Returns the made-up student of that number, as a request. Each number has its own CPF and e-mail.
function test.fixture(which)
    local first, family = first_names[which % #first_names + 1], family_names[which % #family_names + 1]
    return {
        name = ("%s %s"):format(first, family),
        age = 6 + which % 12,
        br_document = cpf.generate(which),
        email = ("%s%d@example.com"):format(core.fold(first), which),
    }
end

--- Returns a request to create a new made-up student. `values` replace made-up ones, by either name of a field; a birth
--- date replaces the age.
function test.student(values)
    number = number + 1
    local student = test.fixture(number)
    for _, field in ipairs(core.schema.messages.Student.fields) do
        local value = values and values[field.name_pt]
        if value ~= nil then student[field.name] = nil end
    end
    if values and (values.birth_date or values.nascimento) then student.age = nil end
    return lists.copy(student, values)
end

--- Returns a client of the disposable service, which the script closes. It is strict by default.
function test.client(settings)
    if not getenv "ALUNO_TESTING" then
        error("this script would write to a real register: run it by `aluno testar`", 2)
    end
    return core.connect(lists.copy({strict = true}, settings))
end

--- Returns the number of students, or of those that a query finds.
function test.count(query)
    local client <close> = test.client()
    return client:list({query = query, page_size = 1}).total_size
end

--- Raises `what` unless the value is true.
function test.check(value, what)
    if not value then error(what or "it does not hold", 2) end
end

--- Raises unless both are equal. Tables are compared by their contents.
function test.equal(got, wanted, what)
    if equal(got, wanted) then return end
    local shown, expected = show.value(got, true), show.value(wanted, true)
    error(("%s: %s instead of %s"):format(what or "not equal", shown, expected), 2)
end

--- Raises unless f(...) fails with that reason, raising or returning its error; returns the error.
function test.refused(reason, f, ...)
    local fine, value, err = pcall(f, ...)
    if not fine then err = value end
    if fine and value ~= nil then error(("%s was expected, but it succeeds"):format(reason), 2) end
    if errors.is_error(err) and err.reason == reason then return err end
    error(("%s was expected, not: %s"):format(reason, tostring(err)), 2)
end

return test
