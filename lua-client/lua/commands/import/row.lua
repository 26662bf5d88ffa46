-- A row of a file: the student of its cells, validated by the contract before it is sent; and its outcome.
--
--   {line, cells, student, outcome, reason, message, doubtful, zeros}
--
-- outcome   "registered", "present" (the register has this very student) or "rejected", then with reason and message
-- doubtful  the CPF's check digits are wrong, which the service may accept
-- zeros     the CPF seems to have lost zeros on the left, as spreadsheets make it: "lost", or "added" again
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"

local row = {}

local text = language.of {
    pt = {
        zeros = "faltam zeros à esquerda? Com --completar-cpf são postos",
        same_cpf = "o mesmo CPF está na linha %d",
        differs = "já cadastrado com outro valor de: %s",
    },
    en = {
        zeros = "are zeros on the left missing? --pad-cpf adds them",
        same_cpf = "the same CPF is in line %d",
        differs = "already registered with another value of: %s",
    },
}

local cpf_length = 11

local fields = schema.student_fields

--- A cell as its field's value; what is no number stays text, which validation refuses.
local function value_of(field, cell)
    if field.kind ~= "int" then return cell end
    local whole = cell:match "^%s*([+-]?%d+)%s*$"
    return whole and math.tointeger(tonumber(whole)) or cell
end

--- The CPF with the zeros that it seems to have lost: with them, its check digits are right | nil
local function with_zeros(cell)
    local digits = cell:match "^%s*(%d+)%s*$"
    if not digits or #digits >= cpf_length then return nil end
    local whole = ("0"):rep(cpf_length - #digits) .. digits
    return aluno.cpf.check(whole) and whole or nil
end

--- Rejects the row for that reason, with a sentence.
function row.reject(self, reason, message)
    self.outcome, self.reason, self.message = "rejected", reason, message
end

--- Rejects the row for an error of a call or of validation.
function row.fail(self, err)
    local reasons = lists.map(err.violations, function(violation) return violation.reason end)
    local messages = lists.map(err.violations, function(violation)
        return errors.violation(violation, schema.method "create")
    end)
    if self.zeros == "lost" then messages[#messages + 1] = text.zeros end
    if #reasons == 0 then reasons[1] = err.reason end
    if #messages == 0 then messages[1] = err.message end
    row.reject(self, table.concat(reasons, " "), table.concat(messages, "; "))
end

--- Rejects the row for the CPF of an earlier one.
function row.repeats(self, line)
    row.reject(self, "CPF_TAKEN", text.same_cpf:format(line))
end

--- Accepts the row if it equals the student with its CPF in the register, else rejects it. Empty cells match any value.
function row.compare(self, found)
    local differing = lists.map(fields, function(field)
        local value = self.student[field.name]
        return value ~= nil and value ~= found[field.name] and language.field(field)
    end)
    self.outcome = "present"
    if #differing > 0 then row.reject(self, "CPF_TAKEN", text.differs:format(table.concat(differing, ", "))) end
end

--- The row of those cells. Its student is normalised; without one it is rejected. `add_zeros`: CPFs that seem to have
--- lost zeros get them again.
function row.new(line, cells, places, add_zeros)
    local self, student = {line = line, cells = cells}, {}
    for _, field in ipairs(fields) do
        local cell = cells[places[field.name]]
        if cell and cell:find "%S" then student[field.name] = value_of(field, cell) end
    end
    local whole = student.br_document and with_zeros(student.br_document)
    if whole and add_zeros then student.br_document = whole end
    if whole then self.zeros = add_zeros and "added" or "lost" end
    local err
    self.student, err = aluno.validate("Student", student)
    if err then
        row.fail(self, err)
    else
        self.doubtful = not aluno.cpf.check(self.student.br_document)
    end
    return self
end

--- The values of the student, from which request ids are derived.
function row.key(self)
    local values = lists.map(fields, function(field) return self.student[field.name] or "" end)
    return table.concat(values, "\n") -- no value holds a line's end
end

return row
