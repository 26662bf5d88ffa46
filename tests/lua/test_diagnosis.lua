-- The layers of a diagnosis that cannot fail with a service of this version on this computer, with a simulated service.
local aluno = require "aluno"
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local diagnosis = check.inside "commands.diagnose.layers"

--- Returns the state before the service's layers. `answers` has replies by the method's last word; an error is
--- {reason = …}.
local function seen(answers)
    local client = {}
    function client:call(method)
        local answer = answers[method:match "[^/]+$"]
        if answer.reason then return nil, answer end
        return answer
    end
    return {client = client, host = "localhost", port = "3000", info = {version = "9.9.9"}}
end

local function look(layer, state)
    local result = diagnosis.layer(layer, state)
    return {result.state, result.reason or "", result.remedy and #result.remedy.steps or 0}
end

-- the service
local info = {
    version = "9.9.9", start_time = 0, server_time = os.time() * 1000, caller_name = "ana", caller_role = "reader",
}
check.same("it serves", look("service", seen {Check = {status = "SERVING"}, GetServerInfo = info}), {"ok", "", 0})
check.same("it is stopping", look("service", seen {Check = {status = "NOT_SERVING"}}), {"failed", "DRAINING", 0})
check.same("it does not answer", look("service", seen {Check = {reason = "DEADLINE_PASSED", message = "", remedy = ""}}),
    {"failed", "DEADLINE_PASSED", 0})

-- the clocks
local function clocks(seconds)
    return look("clock", {skew = seconds})
end
check.same("a minute's difference", clocks(60), {"ok", "", 0})
check.same("more, ahead", clocks(61), {"warning", "CLOCK_DIFFERS", 2})
check.same("more, behind", clocks(-61), {"warning", "CLOCK_DIFFERS", 2})

-- the contract
local function description()
    local methods, fields, listed = {}, {}, {}
    local function add(message)
        if listed[message] then return end
        listed[message] = true
        for _, field in ipairs(aluno.schema.messages[message].fields) do
            fields[#fields + 1] = {message = message, name = field.name, kind = field.kind, presence = field.presence,
                type = field.type}
            if field.type then add(field.type) end
        end
    end
    for i, method in ipairs(aluno.schema.methods) do
        methods[i] = {name = method.name, request = method.request, reply = method.reply, role = method.role}
        add(method.request)
        add(method.reply)
    end
    return {methods = methods, fields = fields}
end

local function contract(change)
    local described = description()
    change(described)
    local result = diagnosis.layer("schema", seen {Describe = described})
    return {result.state, result.found:match ": (.*)" or ""}
end

check.same("the same contract", contract(function() end), {"ok", ""})
check.same("the service lacks a method", contract(function(d) table.remove(d.methods, 1) end),
    {"failed", "aluno.v1.StudentService/CreateStudent"})
check.same("it lacks a field", contract(function(d) d.fields[1].name = "renamed" end),
    {"failed", "CreateStudentRequest.student; só o serviço tem: CreateStudentRequest.renamed"})
check.same("a field of another kind", contract(function(d) d.fields[2].kind = "text" end),
    {"failed", "Student.id"})
check.same("a method for another role", contract(function(d) d.methods[2].role = "admin" end),
    {"failed", "aluno.v1.StudentService/GetStudent"})
check.same("a service that can do more", contract(function(d)
    d.methods[#d.methods + 1] = {name = "aluno.v1.StudentService/New", request = "A", reply = "B", role = "reader"}
end), {"warning", "aluno.v1.StudentService/New"})
check.same("what to do about it", diagnosis.layer("schema", seen {Describe = {methods = {}, fields = {}}}).remedy.text,
    ("Instale a mesma versão nos dois lados: aqui é %s, no serviço 9.9.9"):format(aluno.version))
