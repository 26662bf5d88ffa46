-- Assistance while a form is filled in. To a person at the terminal it shows the present values, warns of odd answers
-- and asks before anything is sent; from a pipe it only warns.
local aluno = require "aluno"
local confirm = require "client.confirm"
local done = require "client.done"
local erasure = require "client.erasure"
local errors = require "client.errors"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"
local session = require "client.session"
local who = require "client.who"

local guide = {}
guide.__index = guide

local patience = 2 -- seconds

--- The forms that show a student before the next question.
local reads_first = {UpdateStudent = true, DeleteStudent = true}

local text = language.of {
    pt = {
        digits = "%s (para %s seriam %s)",
        odd_name = "o nome tem '%s': será de outro campo, ou um comando?",
        odd_email = "o endereço não tem um ponto depois do @, como em nome@exemplo.com",
        keep = "%s. Enter mantém; ou corrija:",
        who = "%s: nº %s",
        create = "Criar mesmo assim?",
        send = "Gravar?",
        unchanged = "Nada mudou: nada foi enviado",
        number = "nº %d",
    },
    en = {
        digits = "%s (for %s they would be %s)",
        odd_name = "the name has '%s': is it another field's, or a command?",
        odd_email = "the address has no dot after the @, as in name@example.com",
        keep = "%s. Enter keeps it; or correct it:",
        who = "%s: no. %s",
        create = "Create nonetheless?",
        send = "Save?",
        unchanged = "Nothing changed: nothing was sent",
        number = "no. %d",
    },
}

local function reason_text(name)
    return aluno.schema.reasons[name].text[language.name]
end

--- The guide through one form of that method; `io` as form.new has it.
function guide.new(method, io)
    return setmetatable({name = method.short_name, io = io}, guide)
end

--- Calls the method of that verb -> reply, nil, metadata | nil. On failure the form continues: the call that follows
--- reports the reason. So the deadline is short, and after a failure there are no further calls.
function guide:look_up(verb, request)
    if self.silent then return nil end
    local reply, err, metadata = session.call(schema.method(verb), request, session.in_passing(patience))
    self.silent = not reply and err.code ~= "NOT_FOUND"
    return reply, nil, metadata
end

--- Whether the service's policy lets a field be left out.
function guide:may_lack(field)
    local info = field.presence == "expected" and self:look_up("info", {})
    return info and info.required ~= nil and not ("," .. info.required .. ","):find("," .. field.name .. ",", 1, true)
end

--- Shows students, if there are any, with the reason.
function guide:warn(why, students)
    if #students == 0 then return end
    self.io.say(language.warning .. why .. ":")
    confirm.show(self.io, students)
end

-- ---- the student that a form is about ----

--- Reads the student whom a key names -> what is wrong with the key | nil | nil, "dropped". Whether there
--- is a student to remove is left to the service.
function guide:find(key)
    local err
    self.student, err = session.call(schema.method "get", key)
    if self.student then return nil end
    if err.code == "NOT_FOUND" then return self.name == "UpdateStudent" and err.message or nil end
    errors.report(err, self.io.say)
    return nil, "dropped"
end

--- The sentence about a key that finds nobody; a failure of the service ends the form, which could not go on.
function guide:refuse(err)
    if errors.is_connection_problem(err) then
        errors.report(err, self.io.say)
        return nil, nil, "dropped"
    end
    local violation = err.violations[1]
    return nil, violation and violation.message or err.message
end

--- Finds whom an answer means -> {id =} or {br_document =} | nil, what is wrong, if anything is | nil, nil, why the form ends
function guide:identify(answer)
    local key, err, why = who.find(answer, self.io, self.name == "UndeleteStudent")
    if why == "dropped" then return nil end
    if why then return nil, nil, why end
    if key and key.br_document then key, err = aluno.validate("GetStudentRequest", key, "br_document") end
    if not key then return self:refuse(err) end
    if not (self.io.interactive and reads_first[self.name]) then return key end
    local problem
    problem, why = self:find(key)
    if problem or why then return nil, problem, why end
    return key
end

--- A key as people read it.
function guide:key_text(key)
    return key.id and text.number:format(key.id) or aluno.cpf.format(key.br_document)
end

--- The stored value that an empty answer keeps, formatted for the user; nil when it is not known.
function guide:present(question)
    if not self.student or not question.nested then return nil end
    local field = question.field
    for _, other in ipairs(question.others or {}) do
        if self.student[other.name] then field = other end
    end
    local value = self.student[field.name]
    return value and grid.cell(field, value, self.student) or nil
end

-- ---- odd answers ----

--- Checks the check digits as the service does -> what is wrong, where it is strict | nil, what is odd
function guide:check_digits(digits)
    local right, expected = aluno.cpf.check(digits)
    if right then return nil end
    local finding = text.digits:format(reason_text "CPF_CHECK_DIGIT", aluno.cpf.format(digits):sub(1, -4), expected)
    local info = self:look_up("info", {})
    if info and info.cpf_check == "strict" then return finding end
    return nil, finding
end

--- Each returns what is wrong with a value that is valid in itself | nil, what is odd about it
local checks = {}

function checks.cpf(self, value)
    if self.student and self.student.br_document == value then return nil end
    local owner = self:look_up("get", {br_document = value})
    if owner then
        self:warn(reason_text "CPF_TAKEN", {owner})
        return ""
    end
    return self:check_digits(value)
end

function checks.name(_, value)
    local odd = value:match "[%d|@=<>;{}]"
    return nil, odd and text.odd_name:format(odd)
end

function checks.email(_, value)
    return nil, not value:find "@.*%." and text.odd_email or nil
end

--- Checks an answer that is valid in itself -> what is wrong with it nonetheless | nil, whether a warning was written
function guide:check(question, value)
    local of_rule = checks[question.field.rule]
    if not self.io.interactive or not of_rule then return nil end
    local wrong, odd = of_rule(self, value)
    if wrong then return wrong end
    if odd then self.io.say(language.warning .. text.keep:format(odd)) end
    return nil, odd ~= nil
end

-- ---- before something is sent ----

local back = {["<"] = "back", voltar = "back", back = "back"}

local review = {}

--- The reasons of warnings about possible duplicates. The registration's reply has the other ones, too.
local is_about_duplicates = {NAME_KNOWN = true, CPF_SWAPPED = true}

--- Asks the service for students who may be the same -> warnings
function guide:find_duplicates(request)
    local _, _, metadata = self:look_up("create", lists.copy(request, {validate_only = true}))
    return lists.map(metadata and metadata.warnings or {}, function(warning)
        return is_about_duplicates[warning.reason] and warning
    end)
end

--- Shows what is to be registered, and who may be the same.
function review.CreateStudent(self, request)
    local found = self:find_duplicates(request)
    if self.io.interactive then
        for _, line in ipairs(grid.sheet(schema.for_people(schema.student_fields), request.student)) do
            self.io.say(line)
        end
    end
    for _, warning in ipairs(found) do
        self.io.say(language.warning .. text.who:format(reason_text(warning.reason), warning.detail))
    end
    if not self.io.interactive then return true end
    local is_odd = #found > 0
    return confirm.sending(self.io, is_odd and text.create or text.send, not is_odd, back)
end

--- Removes from the request what does not change. A student whose CPF changes is named by the id.
function review.UpdateStudent(self, request)
    if not self.student then return true end
    for name, value in pairs(request.student) do
        if self.student[name] == value then request.student[name] = nil end
    end
    if not next(request.student) then
        self.io.say(text.unchanged)
        return false
    end
    if request.student.br_document then request.id, request.br_document = self.student.id, nil end
    for _, line in ipairs(done.differences(self.student, request.student)) do
        self.io.say(line)
    end
    return confirm.sending(self.io, text.send, true, back)
end

function review.DeleteStudent(self)
    if not self.student then return true end
    return confirm.removal(self.io, self.student)
end

--- The second step follows the first one.
function review.EraseStudent(self, request)
    if not self.io.interactive then return true end
    local agreed, err = erasure.agree(request, self.io)
    if err then errors.report(err, self.io.say) end
    return agreed or false
end

--- Reviews what the form has gathered -> whether to send it | nil, "end", "interrupt" or "back"
function guide:review(request)
    local of_method = review[self.name]
    if not of_method then return true end
    return of_method(self, request)
end

return guide
