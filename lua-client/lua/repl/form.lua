-- Guided forms: one question a field, in the contract's words. A bad answer is refused at its field, which is asked again.
local aluno = require "aluno"
local core = require "core"
local guides = require "repl.guide"
local language = require "client.language"

local form = {}

--- People know a student by the key that has a rule, the CPF; ids are for scripts.
local function is_asked(field)
    if field.presence == "key" then return field.rule ~= "any" end
    if field.presence == "optional" then return field.kind == "int" end
    return field.presence ~= "output" and field.kind ~= "list"
end

--- Returns the questions of a method's form: {field, its message's name, the nested table it goes to, whether it may be
--- left empty}. Optional texts, such as page tokens, are for scripts; a nested message is asked field by field,
--- without the field that is already the key.
function form.questions(method)
    local questions, keys = {}, {}
    local function add(message_name, nested, optional)
        for _, field in ipairs(aluno.schema.messages[message_name].fields) do
            local asked = is_asked(field) and not keys[field.name]
            if asked and field.kind == "message" then
                add(field.type, field.name, field.presence == "partial")
            elseif asked then
                keys[field.name] = field.presence == "key" or nil
                questions[#questions + 1] = {
                    field = field,
                    message = message_name,
                    nested = nested,
                    optional = optional or field.presence == "optional",
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

--- Validates an answer by the contract -> the value, normalised | nil, what is wrong
function form.validate(question, answer)
    local field = question.field
    local value, problem = convert(field, answer)
    if value == nil then return nil, problem end
    local valid, err = aluno.validate(question.message, {[field.name] = value}, field.name)
    if not valid then
        local violation = err.violations[1]
        return nil, violation and violation.message or err.message
    end
    return valid[field.name]
end

--- "> Nome do aluno: ", or "> Nome do aluno [Ana Lima]: " with what an empty answer keeps.
local function prompt_of(question, present)
    local label = question.field.label[language.name]
    return "> " .. (present and label .. " [" .. present .. "]" or label) .. ": "
end

local function ask(question, io, guide)
    local prompt = prompt_of(question, guide:present(question))
    while true do
        local answer, why = io.read(prompt)
        if not answer then return nil, why end
        answer = answer:match "^%s*(.-)%s*$"
        if answer == "" and question.optional then return nil end
        local value, problem = form.validate(question, answer)
        if value ~= nil then problem, why = guide:check(question, value) end
        if why then return nil, why end
        if not problem then return value end
        io.say(problem)
    end
end

--- Asks everything -> the request | nil, "end" | nil, "interrupt" | nil, "dropped". `io.read(prompt)` reads an
--- answer and returns nil and one of the first two words when there is none; `io.say(text)` writes a line;
--- `io.interactive` when a person sees it.
function form.fill(method, io)
    local request, guide = {}, guides.new(method, io)
    io.say("===" .. language.titles[method.short_name] .. "===")
    for _, question in ipairs(form.questions(method)) do
        local value, why = ask(question, io, guide)
        if why then return nil, why end
        local into = request
        if question.nested then
            request[question.nested] = request[question.nested] or {}
            into = request[question.nested]
        end
        into[question.field.name] = value
    end
    local agreed, why = guide:review(request)
    if agreed then return request end
    return nil, why or "dropped"
end

--- Whether that method has a form; the others run at once.
function form.exists(method)
    return language.titles[method.short_name] ~= nil
end

return form
