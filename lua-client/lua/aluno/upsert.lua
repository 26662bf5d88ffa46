-- client:upsert: a student as another register has it. Created, or changed where it differs.
local core = require "core"
local errors = require "aluno.errors"

--- The values that differ from the student's; nil when none does.
local function differences(values, student)
    local changed
    for name, value in pairs(values) do
        if student[name] ~= value then
            changed = changed or {}
            changed[name] = value
        end
    end
    return changed
end

--- Makes a call of a client of either behaviour -> reply | nil, error, whether the client raises it
local function call(self, verb, request, options)
    local fine, reply, err = pcall(self[verb], self, request, options)
    if not fine and not errors.is_error(reply) then error(reply, 0) end
    if not fine then return nil, reply, true end
    if type(reply) ~= "userdata" then return reply, err, false end
    reply, err = reply:wait()
    return reply, err, false
end

--- Creates the student of that CPF, or changes the one who has it; one who is the same already is left alone -> student,
--- "created", "updated" or "same" | nil, error, which a strict client raises. `values`: a student's fields, by their names
--- in either language; `options`: of each call.
function core.client:upsert(values, options)
    local student, err = core.validate("Student", values)
    if not student then return nil, err end
    local what = "created"
    local found, problem, raises = call(self, "get", {br_document = student.br_document}, options)
    local changed = found and differences(student, found)
    if found and not changed then return found, "same" end
    if found then
        what = "updated"
        found, problem, raises = call(self, "update", {id = found.id, student = changed, etag = found.etag}, options)
    elseif problem.reason == "STUDENT_NOT_FOUND" then
        found, problem, raises = call(self, "create", student, options)
    end
    if found then return found, what end
    if raises then error(problem, 0) end
    return nil, problem
end
