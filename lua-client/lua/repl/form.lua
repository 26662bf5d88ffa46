-- Guided forms: one question a field, in the contract's words. A bad answer is refused at its field, which is asked again.
-- At a terminal one may go back, ask for the rule of a field and leave; a field that was warned of is asked again.
local aluno = require "aluno"
local core = require "core"
local grid = require "client.grid"
local guides = require "repl.guide"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"

local form = {}
form.__index = form

local text = language.of {
    pt = {
        ways_out = "(< ou voltar: pergunta anterior; ?: ajuda; Ctrl-C: desiste)",
        keeps = "Enter mantém o valor entre colchetes",
        may_be_empty = "Enter deixa sem",
        who = "CPF, id ou parte do nome de um aluno",
        first = "Esta é a primeira pergunta: Ctrl-C desiste",
        search = "Palavras do nome, um CPF, um e-mail ou idade>=16; Enter mostra todos",
        either = "%s; ou %s: %s",
    },
    en = {
        ways_out = "(< or back: the question before; ?: help; Ctrl-C: gives up)",
        keeps = "Enter keeps the value in brackets",
        may_be_empty = "Enter leaves it out",
        who = "CPF, id or part of the name of a student",
        first = "This is the first question: Ctrl-C gives up",
        search = "Words of the name, a CPF, an e-mail or age>=16; Enter shows all",
        either = "%s; or %s: %s",
    },
}

--- Answers at a terminal that are commands to the form.
local wishes = {
    ["<"] = "back", voltar = "back", back = "back",
    ["?"] = "rule", ajuda = "rule", help = "rule",
    cancelar = "interrupt", cancel = "interrupt", sair = "interrupt", quit = "interrupt",
}

--- People know a student by the key that has a rule, the CPF; ids are for scripts.
local function is_asked(field, interactive)
    if field.presence == "key" then return field.rule ~= "any" end
    if field.presence == "either" then return field.kind == "int" end
    if field.presence == "optional" then return field.kind == "int" or interactive and field.name == "query" end
    return field.presence ~= "output" and field.kind ~= "list"
end

--- The fields of a message that do as well as this one: the birth date in place of the age.
local function others_of(field, message_name)
    return field.presence == "either" and lists.map(aluno.schema.messages[message_name].fields, function(other)
        return other.presence == "either" and other ~= field and other
    end) or nil
end

--- Returns the questions of a method's form: {field, its message's name, the nested table it goes to, whether it may be
--- left empty, whether it asks for a student, the fields that do as well}. Optional texts, such as page tokens, are for
--- scripts. A nested message is asked field by field; the field that is already the key is asked again only at a
--- terminal, as the new value.
function form.questions(method, interactive)
    local questions, keys = {}, {}
    local function add(message_name, nested, optional)
        for _, field in ipairs(aluno.schema.messages[message_name].fields) do
            local asked = is_asked(field, interactive) and (interactive or not keys[field.name])
            if asked and field.kind == "message" then
                add(field.type, field.name, field.presence == "partial")
            elseif asked then
                keys[field.name] = field.presence == "key" or nil
                questions[#questions + 1] = {
                    field = field,
                    message = message_name,
                    nested = nested,
                    optional = optional or field.presence == "optional",
                    others = others_of(field, message_name),
                    who = field.presence == "key" or method.short_name == "UndeleteStudent" and field.name == "id",
                }
            end
        end
    end
    add(method.request, nil, false)
    return questions
end

--- The answer as its field's kind of value -> value | nil, what is wrong
local function convert(field, answer)
    if field.kind == "int" then
        local number = core.whole(answer)
        if number then return number end
        return nil, language.not_whole
    elseif field.kind == "bool" then
        local value = language.yes_or_no(answer)
        return value, value == nil and language.not_bool or nil
    end
    return answer
end

local function validate(message, field, answer)
    local value, problem = convert(field, answer)
    if value == nil then return nil, problem end
    local valid, err = aluno.validate(message, {[field.name] = value}, field.name)
    if not valid then
        local violation = err.violations[1]
        return nil, violation and violation.message or err.message
    end
    return valid[field.name]
end

--- Validates an answer by the contract -> the value, normalised | nil, what is wrong. The value of a question that others
--- do as well for is {field's name = value}.
function form.validate(question, answer)
    local field = question.field
    for _, other in ipairs(question.others or {}) do
        if answer:find "%d[-/.]%d+[-/.]%d" then field = other end -- a date is no number
    end
    local value, problem = validate(question.message, field, answer)
    if value ~= nil and question.others then return {[field.name] = value} end
    return value, problem
end

--- "> Nome do aluno: ", or "> Nome do aluno [Ana Lima]: " with what an empty answer keeps.
local function prompt_of(question, present)
    local field = question.who and question.field.name == "id" and schema.field("GetStudentRequest", "br_document")
    local label = (field or question.field).label[language.name]
    return "> " .. (present and label .. " [" .. present .. "]" or label) .. ": "
end

--- The rule of a field, in a line.
local function rule_of(question, present)
    local field = question.field
    local rule = field.rule ~= "any" and field.rule_text[language.name]
    local parts = {field.label[language.name] .. ": " .. (rule or field.kind == "int" and language.not_whole or "")}
    if question.who then parts = {text.who} end
    for _, other in ipairs(question.others or {}) do
        parts[1] = text.either:format(parts[1], other.label[language.name], other.rule_text[language.name])
    end
    if field.name == "query" then parts = {text.search} end
    if present then parts[#parts + 1] = text.keeps
    elseif question.optional and field.name ~= "query" then parts[#parts + 1] = text.may_be_empty end
    return table.concat(parts, ". ")
end

--- Returns the form of a method, to be filled in once or more. `io.read(prompt, fresh)` reads an answer and returns nil and
--- "end" or "interrupt" when there is none; `io.say(text)` writes a line; `io.interactive` when a person sees it.
function form.new(method, io)
    return setmetatable({
        method = method,
        io = io,
        guide = guides.new(method, io),
        questions = form.questions(method, io.interactive),
        answers = {}, -- by question
        at = 1,
    }, form)
end

--- Takes an answer that is no wish -> value | nil, what is wrong | nil, nil, why the form ends; and whether it was warned of
local function take(self, question, answer)
    if question.who then return self.guide:identify(answer) end
    local value, problem = form.validate(question, answer)
    if value == nil then return nil, problem end
    local wrong, warned = self.guide:check(question, value)
    if wrong then return nil, wrong end
    return value, nil, nil, warned
end

--- The value that an empty answer keeps, formatted for the user; nil when there is none.
local function present_of(self, question, kept)
    if question.who then return kept and self.guide:key_text(kept) end
    if kept ~= nil and question.others then
        local name, value = next(kept)
        return grid.cell(aluno.schema.messages[question.message].by_name[name], value)
    end
    if kept ~= nil then return grid.cell(question.field, kept) end
    return self.guide:present(question)
end

--- Asks a question until its answer is good -> the answer, which may be nil | nil, why there is none: "end", "interrupt",
--- "dropped" or "back"
local function ask(self, question)
    local io, kept, again = self.io, self.answers[question], false
    while true do
        local present = present_of(self, question, kept)
        local answer, why = io.read(prompt_of(question, present), again)
        if not answer then return nil, why end
        answer = answer:match "^%s*(.-)%s*$"
        local wish = io.interactive and wishes[answer:lower()]
        if wish == "rule" then
            io.say(rule_of(question, present))
        elseif wish then
            return nil, wish
        elseif answer == "" and (kept ~= nil or question.optional or self.guide:may_lack(question.field)) then
            return kept
        else
            local value, problem, ended, warned = take(self, question, answer)
            if ended then return nil, ended end
            if problem and problem ~= "" then io.say(problem) end
            if value ~= nil and not warned then return value end
            if warned then kept = value end
        end
        again = true
    end
end

--- The request that the answers make.
local function request_of(self)
    local request = {}
    for _, question in ipairs(self.questions) do
        local value = self.answers[question]
        if question.who then
            request = lists.copy(request, value)
        elseif question.nested then
            local values = question.others and value or {[question.field.name] = value}
            request[question.nested] = lists.copy(request[question.nested] or {}, values)
        else
            request[question.field.name] = value
        end
    end
    return request
end

--- Goes to the question before, if there is one.
local function go_back(self)
    if self.at == 1 then return self.io.say(text.first) end
    self.at = self.at - 1
end

--- Asks the next question, or for agreement after the last one -> the request | nil | nil, why there is no answer
local function step(self)
    local question = self.questions[self.at]
    if not question then
        local request = request_of(self)
        local agreed, why = self.guide:review(request)
        if agreed then return request end
        return nil, why or "dropped"
    end
    local value, why = ask(self, question)
    if why then return nil, why end
    self.answers[question], self.at = value, self.at + 1
end

--- Asks what is left -> the request | nil, "end" | nil, "interrupt" | nil, "dropped"
function form:fill()
    while true do
        local request, why = step(self)
        if request then return request end
        if why == "back" then
            go_back(self)
        elseif why then
            return nil, why
        end
    end
end

--- Returns to the question that an error is about -> whether there is one
function form:reopen(err)
    local name = err.reason == "CPF_TAKEN" and "br_document"
    local violation = err.violations[1]
    name = name or violation and violation.field:match "[^.]+$"
    for i, question in ipairs(self.questions) do
        local is_other = lists.any(question.others or {}, function(other) return other.name == name end)
        if (question.field.name == name or is_other) and not question.who then
            self.at = i
            return true
        end
    end
    return false
end

--- Writes the title; to a person also how to go back and to leave.
function form:begin()
    self.io.say("===" .. language.titles[self.method.short_name] .. "===")
    if self.io.interactive then self.io.say(text.ways_out) end
end

--- Answers the first question beforehand: who the student is -> true | nil, why the form ends
function form:answer_first(typed)
    local question = self.questions[1]
    local key, problem, why = take(self, question, typed)
    if problem then self.io.say(problem) end
    if not key then return nil, why or "dropped" end
    self.answers[question], self.at = key, 2
    return true
end

--- Whether that method has a form; the others run at once.
function form.exists(method)
    return language.titles[method.short_name] ~= nil
end

return form
