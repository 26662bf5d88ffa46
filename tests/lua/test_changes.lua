-- A session's changes and undo, on a simulated service where others change students too.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local changes = check.inside "client.changes"
local errors = check.inside "client.errors"
local session = check.inside "client.session"

-- ---- the service ----

local students, operations, calls = {}, {}, 0
local lost_as -- the outcome of the next change, whose reply is lost: COMMITTED, NOT_SEEN or IN_PROGRESS

local function copy(student)
    local same = {}
    for key, value in pairs(student) do
        same[key] = value
    end
    return same
end

local function find(request)
    local cpf = request.br_document or request.cpf
    for _, student in ipairs(students) do
        local is_meant = student.id == request.id or student.br_document == cpf
        if is_meant and (request.show_deleted or not student.delete_time) then return student end
    end
end

local function set(student, values)
    if not student then return nil end
    for key, value in pairs(values) do
        student[key] = value
    end
    student.etag = tostring(tonumber(student.etag) + 1)
    return student
end

local service = {
    GetStudent = find,
    CreateStudent = function(request)
        students[#students + 1] = copy(request)
        students[#students].id = #students
        return set(students[#students], {etag = "0"})
    end,
    UpdateStudent = function(request)
        local student = request.validate_only and copy(find(request)) or find(request)
        return set(student, request.student or {name = request.nome, age = request.idade})
    end,
    DeleteStudent = function(request) return set(find(request), {delete_time = 1}) end,
    UndeleteStudent = function(request)
        students[request.id].delete_time = nil
        return set(students[request.id], {})
    end,
    EraseStudent = function(request) return {students = {{id = request.id}}} end,
    BatchCreateStudents = function(request) return {students = request.students} end,
    GetOperation = function(request) return operations[request.request_id] end,
    CancelOperation = function(request)
        local is_made = (operations[request.request_id] or {state = "NOT_SEEN"}).state ~= "NOT_SEEN"
        return {state = is_made and "COMMITTED" or "CANCELLED"}
    end,
}

local function failure(reason)
    local err = errors.new(reason, "", "")
    err.request_id = "request-" .. calls
    return nil, err
end

function session.ask(method, request)
    calls = calls + 1
    local meant = request.etag and students[request.id]
    if meant and meant.etag ~= request.etag then return failure("ETAG_MISMATCH") end
    local is_lost = lost_as and method.effect == "mutates"
    if is_lost and lost_as ~= "COMMITTED" then
        operations["request-" .. calls] = {state = lost_as}
        return failure("DEADLINE_PASSED")
    end
    local reply = service[method.name:match "[^/]+$"](request)
    if not reply then return failure("STUDENT_NOT_FOUND") end
    if is_lost then
        operations["request-" .. calls] = {state = lost_as, student = copy(reply)}
        return failure("DEADLINE_PASSED")
    end
    return copy(reply), nil, {request_id = "request-" .. calls, validate_only = request.validate_only}
end

session.call = session.ask

-- ---- the session ----

local function call(verb, request)
    return changes.call(check.method(verb), request)
end

--- Makes a change whose reply is lost.
local function lose(as, verb, request)
    lost_as = as
    call(verb, request)
    lost_as = nil
end

--- Undoes a change -> the undone method, or the reason why none was.
local function undo()
    local undone, err = changes.undo()
    return undone and undone.method or err.reason
end

local function begin()
    students, operations, changes.list = {}, {}, {}
    call("criar", {name = "Ana", age = 20, br_document = "52998224725"})
end

--- Undoes all changes of a session, from the last.
local function undo_all()
    local undone = {}
    repeat
        undone[#undone + 1] = undo()
    until undone[#undone]:find "_"
    return table.concat(undone, " ")
end

changes.list = {}
check.same("nothing to undo", undo(), "NOTHING_TO_UNDO")

begin()
call("atualizar", {cpf = "52998224725", student = {age = 21}})
call("atualizar", {id = 1, student = {br_document = "11144477735", age = 21}})
call("deletar", {id = 1})
call("restaurar", {id = 1})
call("obter", {id = 1})
check.same("what was read is no change", #changes.list, 5)
check.same("restoring", {undo(), students[1].delete_time}, {"UndeleteStudent", 1})
check.same("removing", {undo(), students[1].delete_time}, {"DeleteStudent"})
check.same("updating, what it changed alone", changes.undo(),
    {method = "UpdateStudent", id = 1, name = "Ana", fields = {br_document = "52998224725"}})
check.same("the update before it", {undo(), students[1].age}, {"UpdateStudent", 20})
check.same("creating, and then nothing", {undo(), students[1].delete_time, undo()},
    {"CreateStudent", 1, "NOTHING_TO_UNDO"})
check.same("an undo is a change", #changes.list, 10)

begin()
call("update", {id = 1, nome = "Ana Lima", idade = 20})
check.same("Portuguese fields", changes.undo().fields, {name = "Ana"})

begin()
call("atualizar", {id = 1, student = {age = 20}})
check.same("an update that changes nothing is passed over", undo_all(), "CreateStudent NOTHING_TO_UNDO")

begin()
call("atualizar", {id = 1, student = {age = 30}, validate_only = true})
call("deletar", {id = 9})
check.same("dry runs and refused changes are skipped", undo_all(), "CreateStudent NOTHING_TO_UNDO")

begin()
set(students[1], {age = 40})
check.same("somebody else's change stays", {undo(), students[1].age, students[1].delete_time}, {"ETAG_MISMATCH", 40})
call("atualizar", {id = 1, student = {age = 41}})
check.same("and is not passed over", {undo(), undo(), students[1].age}, {"UpdateStudent", "ETAG_MISMATCH", 40})

begin()
call("criar", {name = "Bia", br_document = "11144477735"})
set(students[1], {age = 40})
check.same("each student has its own changes", {undo(), undo()}, {"CreateStudent", "ETAG_MISMATCH"})

begin()
lose("COMMITTED", "atualizar", {id = 1, student = {age = 21}})
check.same("a lost reply is asked for", {undo(), students[1].age, undo()}, {"UpdateStudent", 20, "CreateStudent"})
begin()
lose("NOT_SEEN", "deletar", {id = 1})
check.same("what did not arrive is passed over", undo_all(), "CreateStudent NOTHING_TO_UNDO")
begin()
lose("IN_PROGRESS", "deletar", {id = 1})
check.same("what is not known yet is waited for", undo(), "REQUEST_IN_PROGRESS")
begin()
call("atualizar", {id = 1, student = {age = 21}})
lost_as = "COMMITTED"
check.same("an undo that is lost", undo(), "DEADLINE_PASSED")
lost_as = nil
check.same("is not made again", {undo(), students[1].age, students[1].delete_time}, {"CreateStudent", 20, 1})

begin()
call("lote", {students = {{name = "Bia"}}})
check.same("a batch is not undone at once", undo(), "UNDO_UNSUPPORTED")
begin()
call("cancelar", {request_id = "another"})
check.same("a cancellation is no change, and hides none", undo_all(), "CreateStudent NOTHING_TO_UNDO")
begin()
call("eliminar", {id = 1})
local _, refusal = changes.undo()
check.same("an erasure is not undone", refusal.reason, "UNDO_UNSUPPORTED")
check.same("nor does its refusal speak of a batch", tostring(refusal.remedy):find "um a um", nil)
begin()
local get = service.GetStudent
service.GetStudent = function() end
call("atualizar", {id = 1, student = {age = 21}})
check.same("nor what could not be read", undo(), "UNDO_UNSUPPORTED")
service.GetStudent = get

begin()
call("deletar", {id = 1})
undo()
local shown = check.inside("aluno.show").value(aluno.commands.historico(), "")
check.same("the history has no CPFs", shown:find "529", nil)
check.same("its times are the contract's", math.type(aluno.commands.historico()[1].time), "integer")
check.same("it names students", {aluno.commands.history()[1].name, aluno.commands.history()[3].name}, {"Ana", "Ana"})
call("atualizar", {id = 1, student = {name = "Bia"}})
check.same("by the names that they got", {aluno.commands.history()[4].name, changes.undo().name}, {"Bia", "Ana"})
lose("NOT_SEEN", "deletar", {id = 1})
check.same("or by the ones that they had", aluno.commands.history()[6].name, "Ana")
check.same("it says what was undone", {aluno.commands.history()[2].undone, aluno.commands.history()[3].verb},
    {true, "restaurar"})
