-- Assistance while a form is filled in. To a person at the terminal it shows the present values, warns of odd answers
-- and asks before what may be a mistake; from a pipe it only warns.
local aluno = require "aluno"
local duplicates = require "repl.duplicates"
local errors = require "client.errors"
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"
local grid = require "client.grid"

local guide = {}
guide.__index = guide

local patience = 2 -- seconds

--- The forms that show a student before the next question.
local reads_first = {UpdateStudent = true, DeleteStudent = true}

local text = language.of {
    pt = {
        digits = "%s (para %s seriam %s)",
        namesakes = "já há quem tenha o mesmo nome e a mesma idade",
        neighbours = "já há um CPF como este, com dois dígitos vizinhos trocados",
        create = "Criar mesmo assim? (sim/não) [não]: ",
        delete = "Remover este aluno? (sim/não) [não]: ",
        declined = "Nada foi enviado",
        unchanged = "Nada mudou: nada foi enviado",
    },
    en = {
        digits = "%s (for %s they would be %s)",
        namesakes = "there is already somebody of the same name and age",
        neighbours = "there is already a CPF like this one, with two neighbouring digits swapped",
        create = "Create nonetheless? (yes/no) [no]: ",
        delete = "Remove this student? (yes/no) [no]: ",
        declined = "Nothing was sent",
        unchanged = "Nothing changed: nothing was sent",
    },
}

local function reason_text(name)
    return aluno.schema.reasons[name].text[language.name]
end

--- The guide through one form of that method; `io` as form.fill has it.
function guide.new(method, io)
    return setmetatable({name = method.short_name, io = io}, guide)
end

--- Calls the method of that verb -> reply | nil. On failure the form continues: the call that follows reports the
--- reason. So the deadline is short, and after a failure there are no further calls.
function guide:look_up(verb, request)
    if self.silent then return nil end
    local reply, err = session.call(schema.method(verb), request, {timeout = patience})
    self.silent = not reply and err.code ~= "NOT_FOUND"
    return reply
end

function guide:show(students)
    for _, line in ipairs(grid.lines(schema.columns "Student", students)) do
        self.io.say(line)
    end
end

--- Shows students, if there are any, with the reason.
function guide:warn(why, students)
    if #students == 0 then return end
    self.io.say(language.warning .. why .. ":")
    self:show(students)
end

--- Reads the student whom a key names -> what is wrong with the key | nil | nil, "dropped". Whether there
--- is a student to remove is left to the service.
function guide:find(field, value)
    local err
    self.student, err = session.call(schema.method "get", {[field.name] = value})
    if self.student then return nil end
    if err.code == "NOT_FOUND" then return self.name == "UpdateStudent" and err.message or nil end
    errors.report(err, self.io.say)
    return nil, "dropped"
end

--- Checks the check digits as the service does -> what is wrong, where it is strict | nil, after a warning if they do not
--- match
function guide:check_digits(digits)
    local right, expected = aluno.cpf.check(digits)
    if right then return nil end
    local finding = text.digits:format(reason_text "CPF_CHECK_DIGIT", aluno.cpf.format(digits):sub(1, -4), expected)
    local info = self:look_up("info", {})
    if info and info.cpf_check == "strict" then return finding end
    self.io.say(language.warning .. finding)
end

--- Checks an answer that is valid in itself -> what is wrong with it nonetheless | nil | nil, "dropped"
function guide:check(question, value)
    local field = question.field
    if not self.io.interactive then return nil end
    if field.presence == "key" and reads_first[self.name] then return self:find(field, value) end
    if field.presence == "key" or field.rule ~= "cpf" then return nil end
    local problem = self:check_digits(value)
    if problem then return problem end
    self:warn(reason_text "CPF_TAKEN", {self:look_up("get", {br_document = value})})
end

--- What an empty answer keeps, as people read it; nil when that is not known.
function guide:present(question)
    local value = self.student and question.nested and self.student[question.field.name]
    return value and grid.cell(question.field, value) or nil
end

--- Asks yes or no, no by default -> whether to go on | nil, "end" | nil, "interrupt"
function guide:confirm(prompt)
    while true do
        local answer, why = self.io.read("> " .. prompt)
        if not answer then return nil, why end
        answer = answer:match "^%s*(.-)%s*$"
        local agreed = answer ~= "" and language.yes_or_no(answer)
        if agreed ~= nil then
            if not agreed then self.io.say(text.declined) end
            return agreed
        end
        self.io.say(language.not_bool)
    end
end

local review = {}

--- Shows possible duplicates.
function review.CreateStudent(self, request)
    local namesakes = duplicates.namesakes(request.student, self)
    local neighbours = duplicates.neighbours(request.student, self)
    self:warn(text.namesakes, namesakes)
    self:warn(text.neighbours, neighbours)
    local is_odd = #namesakes > 0 or #neighbours > 0
    return not (is_odd and self.io.interactive) or self:confirm(text.create)
end

function review.UpdateStudent(self, request)
    local is_empty = self.student and not next(request.student)
    if is_empty then self.io.say(text.unchanged) end
    return not is_empty
end

--- Shows the student to be removed.
function review.DeleteStudent(self)
    if not self.student then return true end
    self:show {self.student}
    return self:confirm(text.delete)
end

--- Reviews what the form has gathered -> whether to send it | nil, "end" | nil, "interrupt"
function guide:review(request)
    local of_method = review[self.name]
    if not of_method then return true end
    return of_method(self, request)
end

return guide
