-- A row of a file: the student of its cells, validated by the contract before it is sent; and its outcome.
--
--   {line, cells, raw, student, outcome, reason, message, violations, doubtful, zeros, garbled, id, etag, create_time,
--   date_order, changes}
--
-- raw         the text of a row that cannot be divided into the file's columns
-- outcome     "registered", "present" (the register has this very student), "updated", or "rejected", then with reason and
--             message
-- violations  {field =, reason =} of what it was rejected for; the field is nil when it is the row itself
-- doubtful    the CPF's check digits are wrong, which the service may accept
-- zeros       the CPF seems to have lost zeros on the left, as spreadsheets make it: "lost", or "added" again
-- date_order  of a date of birth: see cells.date_order
-- garbled     what the name probably was, if its accents seem to have been read in another encoding; "?" if they were lost
-- changes     of a student who is there: {{field =, old =, new =}, …}
local aluno = require "aluno"
local cells = require "commands.import.cells"
local core = require "core"
local encodings = require "aluno.encodings"
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
        odd = ": U+%04X (%s) na posição %d",
        formula = "%s: a célula tem um erro da planilha, %s",
        month_first = "; está com o mês antes do dia?",
    },
    en = {
        zeros = "are zeros on the left missing? --pad-cpf adds them",
        same_cpf = "the same CPF is in line %d",
        differs = "already registered with another value of: %s",
        odd = ": U+%04X (%s) at position %d",
        formula = "%s: the cell has an error of the spreadsheet, %s",
        month_first = "; is the month before the day?",
    },
}

local fields = schema.student_fields

--- A cell as its field's value; what is no number stays text, which validation refuses.
local function value_of(field, cell, is_month_first)
    if field.rule == "birth_date" then return cells.birth_date(cell, nil, is_month_first) or cell end
    return field.kind == "int" and cells.whole(cell) or cell
end

--- Rejects the row for that reason, with a sentence; `field` is the field's name that it is about, if any.
function row.reject(self, reason, message, field)
    self.outcome, self.reason, self.message = "rejected", reason, message
    self.violations = {{field = field, reason = reason}}
end

--- ": U+2013 (–) na posição 3" of a text that is no number, for a character that people do not see as wrong.
local function odd_character(value)
    if type(value) ~= "string" or not utf8.len(value) then return "" end
    local position = 0
    for _, code in utf8.codes(value) do
        position = position + 1
        if code < 0x20 or code > 0x7E and code ~= 0xA0 then return text.odd:format(code, utf8.char(code), position) end
    end
    return ""
end

--- Whether a date exists with its month and day exchanged, "2010-31-12".
local function has_month_first(value)
    local month, day = tostring(value):match "^%d+-(%d+)-(%d+)$"
    return month and tonumber(month) > 12 and tonumber(day) <= 12
end

--- The sentence of a violation, in the words of the form.
local function sentence(self, violation)
    local value = self.values and self.values[violation.field]
    local said = errors.violation(violation, schema.method "create")
    if violation.reason == "BIRTH_DATE_UNKNOWN" and has_month_first(value) then said = said .. text.month_first end
    return violation.reason == "FIELD_KIND" and said .. odd_character(value) or said
end

--- Rejects the row for an error of a call or of validation.
function row.fail(self, err)
    local violations = err.violations
    local messages = lists.map(violations, function(violation) return sentence(self, violation) end)
    if self.zeros == "lost" then messages[#messages + 1] = text.zeros end
    local reasons = lists.map(violations, function(violation) return violation.reason end)
    if #messages == 0 then messages[1] = err.message end
    row.reject(self, #reasons > 0 and table.concat(reasons, " ") or err.reason, table.concat(messages, "; "))
    if #violations > 0 then self.violations = violations end
end

--- Rejects the row for the CPF of an earlier one.
function row.repeats(self, line)
    row.reject(self, "CPF_TAKEN", text.same_cpf:format(line), "br_document")
end

--- The values of the row that the student in the register has otherwise. Empty cells match any value.
local function changes_of(self, found)
    return lists.map(fields, function(field)
        local value = self.student[field.name]
        return value ~= nil and value ~= found[field.name] and
            {field = field, old = found[field.name], new = value}
    end)
end

--- Accepts the row if it equals the student with its CPF in the register, else rejects it; with `may_update`, it is left
--- without an outcome and has its changes.
function row.compare(self, found, may_update)
    self.id, self.etag, self.changes = found.id, found.etag, changes_of(self, found)
    if #self.changes == 0 then
        self.outcome = "present"
    elseif not may_update then
        local names = lists.map(self.changes, function(change) return language.field(change.field) end)
        row.reject(self, "CPF_TAKEN", text.differs:format(table.concat(names, ", ")), "br_document")
    end
end

--- The text of each field's cell, by the field's name; without those that are empty.
local function texts_of(row_cells, places)
    local texts = {}
    for name, place in pairs(places) do
        local cell = cells.text(row_cells[place] or "", name == "name")
        if not cells.is_empty(cell) then texts[name] = cell end
    end
    return texts
end

--- The first field whose cell is what a spreadsheet shows for a formula that fails: #NOME?, #REF!, #N/D | nil
local function failed_formula(texts)
    for _, field in ipairs(fields) do
        local cell = texts[field.name] or ""
        if cell:find "^%s*#[^%s@]+[!?]%s*$" or cell:find "^%s*#N/[AD]%s*$" then return field end
    end
end

--- The likely name, if its accents were decoded by the wrong encoding; "?" if a program has replaced its accented letters by
--- "?"; else nil.
local function likely_name(name)
    return core.mojibake(name) or encodings.likely(name) or name:match "%?"
end

--- Ages in spreadsheets grow old: the birth date counts, where there is one. A date in the age's place is one.
local function settle_age(student, is_month_first)
    if type(student.age) == "string" then
        local date = cells.birth_date(student.age, nil, is_month_first)
        student.birth_date = student.birth_date or date
        if date then student.age = nil end
    end
    if student.birth_date then student.age = nil end
end

--- The row of those cells. Its student is normalised; without one it is rejected. `add_zeros`: CPFs that seem to have
--- lost zeros get them again. `is_month_first`: dates of birth are month/day.
function row.new(line, row_cells, places, add_zeros, is_month_first)
    local self, student = {line = line, cells = row_cells}, {}
    local texts = texts_of(row_cells, places)
    local failed = failed_formula(texts)
    if failed then
        row.reject(self, "FIELD_KIND", text.formula:format(failed.label[language.name], texts[failed.name]), failed.name)
        return self
    end
    for _, field in ipairs(fields) do
        local cell = texts[field.name]
        if cell then student[field.name] = value_of(field, cell, is_month_first) end
    end
    self.date_order = cells.date_order(texts.birth_date or texts.age or "")
    settle_age(student, is_month_first)
    if student.br_document then student.br_document, self.zeros = cells.cpf(student.br_document, add_zeros) end
    self.values = student
    local err
    self.student, err = aluno.validate("Student", student)
    if err then
        row.fail(self, err)
    else
        self.doubtful = self.student.br_document ~= nil and not aluno.cpf.check(self.student.br_document)
        self.garbled = likely_name(self.student.name)
    end
    self.values = nil
    return self
end

--- The values of the student, from which request ids are derived.
function row.key(self)
    local values = lists.map(fields, function(field) return self.student[field.name] or "" end)
    return table.concat(values, "\n") -- no value holds a line's end
end

return row
