-- Writes calls as lines of a script that repeats them, without personal data. The script has two tables:
--
--   p   what people gave: p.aluno1.nome, p.aluno1.cpf, p.busca1; kept apart, in transcript.data
--   s   what the service gave: s.aluno1, the student as the last reply had it, whose id and etag may be others the
--       next time
--
-- The contract says which texts are personal. A refused call becomes a comment.
local aluno = require "aluno"
local language = require "client.language"
local show = require "aluno.show"

local transcript = {}
transcript.__index = transcript

local text = language.of {
    pt = {student = "aluno", failed = "-- %s falhou: %s"},
    en = {student = "student", failed = "-- %s failed: %s"},
}

local each_of_batch = 'for i, each in ipairs((%s).students) do s["%s" .. i + %d] = each end'

--- A script that is empty as yet. `by_id` and `by_cpf` find the students in it: {name =}, and the id and etag of the
--- last reply.
function transcript.new()
    return setmetatable({data = {}, count = 0, by_id = {}, by_cpf = {}, seen = {}}, transcript)
end

-- ---- people ----

local function add_student(self)
    self.count = self.count + 1
    return {name = text.student .. self.count}
end

--- The name of a value in a table, the same one for the same value: `key`, then nome2 …
local function name_value(values, name, value, key)
    local number = 1
    while values[key] ~= nil and values[key] ~= value do
        number = number + 1
        key = name .. number
    end
    values[key] = value
    return key
end

--- The parameter for a student's value.
local function student_parameter(self, student, field, value)
    self.data[student.name] = self.data[student.name] or {}
    if field.rule == "cpf" then self.by_cpf[value] = student end
    local name = language.field(field)
    return ("p.%s.%s"):format(student.name, name_value(self.data[student.name], name, value, name))
end

--- The parameter for any other text: p.busca1.
local function parameter(self, field, value)
    local name = language.field(field)
    return "p." .. name_value(self.data, name, value, name .. 1)
end

--- Returns the student of a call: the one in its reply or its request, else a new one.
local function student_of(self, request, reply)
    local known = reply and self.by_id[reply.id] or self.by_id[request.id] or self.by_cpf[request.br_document]
    return known or add_student(self)
end

--- Stores the values of a student from a reply.
local function learn(self, student, reply)
    student.id, student.etag = reply.id, reply.etag
    self.by_id[reply.id] = student
    self.by_cpf[reply.br_document] = student
end

-- ---- values ----

local message_text

--- A field's value as Lua, s.aluno1.id if the service returned it; nil to leave it out, as an etag that a later run
--- cannot know.
local function value_text(self, field, value, student)
    if field.kind == "message" then return message_text(self, field.type, value, student) end
    local is_given = student and (field.name == "id" or field.name == "etag") and student[field.name] == value
    if is_given then return ("s.%s.%s"):format(student.name, field.name) end
    if field.name == "etag" then return nil end
    if field.kind ~= "text" then return tostring(value) end
    if not field.sensitive then return show.quote(value) end
    if student then return student_parameter(self, student, field, value) end
    return parameter(self, field, value)
end

--- A message as a table in Lua, with the names of the user's language.
function message_text(self, name, message, student)
    local members = {}
    for _, field in ipairs(aluno.schema.messages[name].fields) do
        local value = message[field.name]
        local written = value ~= nil and value_text(self, field, value, student)
        if written then members[#members + 1] = language.field(field) .. " = " .. written end
    end
    return "{" .. table.concat(members, ", ") .. "}"
end

-- ---- calls ----

local function call_text(method, arguments)
    return ("c:%s %s"):format(method.verb[language.name], arguments)
end

--- A call whose reply is one student.
local function student_line(self, method, request, reply, is_dry_run)
    local student = student_of(self, request, not is_dry_run and reply)
    local call = call_text(method, message_text(self, method.request, request, student))
    if is_dry_run then return call end
    learn(self, student, reply)
    return ("s.%s = %s"):format(student.name, call)
end

--- A call that creates many students. Each has its own name.
local function batch_line(self, method, request, reply, is_dry_run)
    local items, first = {}, self.count + 1
    for i, values in ipairs(request.students) do
        local student = add_student(self)
        items[i] = "    " .. message_text(self, "Student", values, student) .. ","
        if not is_dry_run then learn(self, student, reply.students[i]) end
    end
    local field = language.field(aluno.schema.messages[method.request].fields[1])
    local call = call_text(method, ("{%s = {\n%s\n}}"):format(field, table.concat(items, "\n")))
    if is_dry_run then return call end
    return each_of_batch:format(call, text.student, first - 1)
end

--- Returns the lines of a call; nil for a page after a list's first and for a repeated change.
function transcript:line(method, request, reply, err, metadata)
    if not reply then return text.failed:format(method.verb[language.name], err.reason) end
    local sent = assert(aluno.validate(method.request, request))
    local id = method.effect == "mutates" and metadata.request_id
    if sent.page_token or self.seen[id] then return nil end
    if id then self.seen[id] = true end
    local is_dry_run = metadata.validate_only == true
    if method.reply == "Student" then return student_line(self, method, sent, reply, is_dry_run) end
    if sent.students then return batch_line(self, method, sent, reply, is_dry_run) end
    return call_text(method, message_text(self, method.request, sent, nil))
end

return transcript
