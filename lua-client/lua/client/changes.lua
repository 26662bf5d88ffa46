-- The session's changes, and undoing the last one. Students' values are kept to undo updates and to show names; they are
-- never written to files.
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"

local changes = {}

local text = language.choose {
    unread = {pt = "não se sabe como o aluno era antes de %s", en = "it is not known how the student was before %s"},
    unread_remedy = {pt = "corrija-o com %s", en = "correct it with %s"},
    batch = {pt = "%s não pode ser desfeito de uma vez", en = "%s cannot be undone at once"},
    batch_remedy = {pt = "remova os alunos um a um", en = "remove the students one by one"},
    erased = {pt = "%s não pode ser desfeito: o que foi eliminado não volta",
        en = "%s cannot be undone: what was erased does not come back"},
    erased_remedy = {pt = "se foi engano, cadastre o aluno de novo", en = "if it was a mistake, create the student again"},
    import_verb = {pt = "importar", en = "import"},
    import_remedy = {pt = "para isso há: desfazer importação", en = "for that there is: undo import"},
    unknown_remedy = {
        pt = "tente de novo, ou veja: operacao --id-do-pedido %s",
        en = "try again, or see: operation --request-id %s",
    },
}

--- In their order: {time, verb, method (its short name), id, name, request_id, outcome, undone}, and the data to undo it.
changes.list = {}

--- An import as a change: a log of imports.lua, or one of imports.list().
function changes.of_import(log)
    return {
        time = log.time, verb = text.import_verb, method = "Import", students = log.count, outcome = "OK",
        undone = log.is_undone or nil,
    }
end

--- Adds an import that registered students.
function changes.add_import(log)
    if log.count > 0 then changes.list[#changes.list + 1] = changes.of_import(log) end
end

--- Notes that the session's import of that time is undone.
function changes.mark_import_undone(time)
    for _, change in ipairs(changes.list) do
        if change.method == "Import" and change.time == time then change.undone = true end
    end
end

--- Reads a student before a change -> student | nil, error; nil for a new one
local function read_before(method, request)
    local key = request.id and {id = request.id} or {br_document = request.br_document or request.cpf}
    if not next(key) or method.short_name == "CreateStudent" then return nil end
    key.show_deleted = method.short_name == "UndeleteStudent"
    return session.call(schema.method "GetStudent", key)
end

--- Returns the values that an update replaced: those of its fields that it changed.
local function replaced(request, before, after)
    local given, values = (aluno.validate("UpdateStudentRequest", request) or {}).student or {}, {}
    for _, field in ipairs(schema.student_fields) do
        local name = field.name
        if given[name] ~= nil and before[name] ~= after[name] then values[name] = before[name] end
    end
    return values
end

--- Returns whether a change was made, was not undone, and is not itself an undo.
local function is_undoable(change)
    return change.outcome == "OK" and not change.undone and not change.undoes
end

--- Marks the change as undone. The student has a new etag now: the change before gets it, so that it can be undone next,
--- unless somebody else changed the student in between.
local function mark_undone(undone, etag)
    undone.undone = true
    for i = #changes.list, 1, -1 do
        local change = changes.list[i]
        if change.id == undone.id and is_undoable(change) then
            if undone.before and undone.before.etag == change.etag then change.etag = etag end
            return
        end
    end
end

--- Records the outcome of a change that was made; a batch has no single student.
local function record_outcome(change, student)
    change.outcome, change.unknown = "OK", nil
    if not student or not rawget(student, "id") then return end
    change.id, change.name, change.etag = student.id, student.name, student.etag
    if change.undoes then
        mark_undone(change.undoes, student.etag)
    elseif change.method == "UpdateStudent" and change.before then
        change.old = replaced(change.request, change.before, student)
    end
end

local unknown_codes = {UNAVAILABLE = true, DEADLINE_EXCEEDED = true, CANCELLED = true}

--- The change of that request id, which is made again; or a new one, kept in the list.
local function change_of(request_id)
    for _, change in ipairs(changes.list) do
        if change.request_id == request_id then return change end
    end
    local change = {request_id = request_id}
    changes.list[#changes.list + 1] = change
    return change
end

--- Makes the call of a change, and keeps the change if it was sent and was no dry run. `facts`: `before`, the student that
--- it is about to replace, and `undoes`, the change that it undoes. The results are the call's.
local function call(method, request, facts, options)
    local reply, err, metadata = session.ask(method, request, options)
    local request_id = (metadata or err).request_id
    if not request_id or metadata and metadata.validate_only then return reply, err, metadata end
    local change = change_of(request_id)
    change.time, change.verb, change.method = os.time(), method.verb[language.name], method.short_name
    change.id, change.request, change.undoes = request.id, request, facts.undoes
    change.before = change.before or facts.before
    change.name = change.before and change.before.name
    change.outcome, change.unknown = err and err.reason, err and unknown_codes[err.code]
    if reply then record_outcome(change, reply) end
    return reply, err, metadata
end

--- Whether a method changes students: a cancellation changes none.
local function changes_students(method)
    return method.effect == "mutates" and method.short_name ~= "CancelOperation"
end

--- Makes a call and records its change -> reply, nil, metadata | nil, error. When the service cannot be reached to read
--- the student, the change is not sent. `request_id`: of an earlier attempt at the same change.
function changes.call(method, request, request_id)
    local options = request_id and {request_id = request_id}
    if not changes_students(method) then return session.ask(method, request, options) end
    local before, err = read_before(method, request)
    if not before and err and unknown_codes[err.code] then return nil, err end
    return call(method, request, {before = before}, options)
end

--- The short name of the method that undoes each kind of change.
local reversals = {
    CreateStudent = "DeleteStudent",
    UndeleteStudent = "DeleteStudent",
    DeleteStudent = "UndeleteStudent",
    UpdateStudent = "UpdateStudent",
}

--- Reads the outcome of a change whose reply was lost; one that was not made is cancelled -> true | nil, error
local function find_out(change)
    local which = {request_id = change.request_id}
    local operation, err = session.call(schema.method "CancelOperation", which)
    if operation and operation.state ~= "CANCELLED" then
        operation, err = session.call(schema.method "GetOperation", which)
    end
    if not operation then return nil, err end
    if operation.state == "COMMITTED" then
        record_outcome(change, operation.student)
    elseif operation.state == "CANCELLED" then
        change.unknown = nil
    else
        return nil, errors.new("REQUEST_IN_PROGRESS", nil, text.unknown_remedy:format(change.request_id))
    end
    return true
end

--- The last change that is not undone yet -> change | nil, error
local function last()
    for i = #changes.list, 1, -1 do
        local change = changes.list[i]
        if change.unknown then
            local known, err = find_out(change)
            if not known then return nil, err end
        end
        local is_empty = change.old and not next(change.old)
        if is_undoable(change) and not is_empty then return change end
        if is_undoable(change) then mark_undone(change, change.etag) end
    end
    return nil, errors.new("NOTHING_TO_UNDO", nil, "")
end

local function unsupported(change, message, remedy)
    return errors.new("UNDO_UNSUPPORTED", message:format(change.verb), remedy:format(change.verb))
end

--- Undoes the session's last change, unless the student has changed since -> {method =, id =, name =, fields =}, the
--- undone method, the student and the restored values | nil, error | nil, when agree() of the same refuses
function changes.undo(agree)
    local change, err = last()
    if not change then return nil, err end
    if change.method == "Import" then return nil, unsupported(change, text.batch, text.import_remedy) end
    if change.method == "EraseStudent" then return nil, unsupported(change, text.erased, text.erased_remedy) end
    local reverse = reversals[change.method]
    if not reverse then return nil, unsupported(change, text.batch, text.batch_remedy) end
    if change.method == "UpdateStudent" and not change.old then
        return nil, unsupported(change, text.unread, text.unread_remedy)
    end
    local undoing = {method = change.method, id = change.id, name = change.name, fields = change.old}
    if agree and not agree(undoing) then return nil end
    local request = {id = change.id, student = change.old, etag = change.etag}
    local reply
    reply, err = call(schema.method(reverse), request, {undoes = change})
    if not reply then return nil, err end
    undoing.name = reply.name
    return undoing
end

return changes
