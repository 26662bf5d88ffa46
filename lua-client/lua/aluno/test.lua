-- aluno.test: what scripts need that `aluno testar` runs, against a service made for them alone.
--
--   local test = aluno.test
--   local c <close> = test.client()                    -- strict: a failure ends the script
--   local bia = c:create(test.student {age = 9})       -- made-up values, others each time
--   test.equal(bia.age, 9, "Bia's age")
--   test.equal(test.count "age<10", 1, "the young")
--   test.refused("CPF_TAKEN", c.create, c, test.student {br_document = bia.br_document})
--   test.check(bia.id > 0, "there is an id")
--
-- What does not hold raises, with both values and the line that asked.
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

-- Where the numbers of test.student begin: far from those of the students that were there before the script.
local number = 500000000

--- The made-up student of that number, as a request: the same one each time, with a CPF and an e-mail of its own.
function test.fixture(which)
    local first, family = first_names[which % #first_names + 1], family_names[which % #family_names + 1]
    return {
        name = ("%s %s"):format(first, family),
        age = 6 + which % 12,
        br_document = cpf.generate(which),
        email = ("%s%d@example.com"):format(core.fold(first), which),
    }
end

--- A request to create a made-up student, another each time; with those values in the place of made-up ones.
function test.student(values)
    number = number + 1
    return lists.copy(test.fixture(number), values)
end

--- A client of the service that was made for the script, closed by the script. It is strict by default.
function test.client(settings)
    if not getenv "ALUNO_TESTING" then
        error("this script would write to a real register: run it by `aluno testar`", 2)
    end
    return core.connect(lists.copy({strict = true}, settings))
end

--- How many students there are, or are found by a query.
function test.count(query)
    local client <close> = test.client()
    return client:list({query = query, page_size = 1}).total_size
end

--- Raises `what` unless the value is true.
function test.check(value, what)
    if not value then error(what or "it does not hold", 2) end
end

--- Raises unless both are equal; tables are, when they hold the same.
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
