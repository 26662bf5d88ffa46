-- Arguments that the functions of the module refuse: the error names the argument and says what it must be.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local core = check.inside "core"
local host, probe, json = core.host, core.probe, aluno.json

for _, case in ipairs {
    {1, "the contract has no message 'Teacher'", aluno.validate, "Teacher", {}},
    {2, "table expected, got string", aluno.validate, "Student", "Ana"},
    {3, "Student has no field 'shoe'", aluno.validate, "Student", {}, "shoe"},
    {2, "the field to validate is not set", aluno.validate, "Student", {age = 20}, "name"},
    {1, "the contract has no message ''", aluno.message_json, "", {}},
    {2, "table expected, got no value", aluno.message_json, "Student"},
    {1, "the contract has no method 'Fly'", aluno.request_json, "Fly", {}},
    {2, "table expected, got no value", aluno.request_json, check.method("criar").name},

    {1, "value expected", json.encode},
    {2, "table expected, got number", json.encode, {}, 2},
    {2, "option 'indent' must be from 0 to 16", json.encode, {}, {indent = -1}},
    {2, "option 'indent' must be from 0 to 16", json.encode, {}, {indent = 17}},
    {2, "option 'indent' must be a number, not a string", json.encode, {}, {indent = "two"}},
    {2, "option 'indent' must be from 0 to 16", json.encode, {}, {indent = 1.5}},
    {1, "table expected, got string", json.array, "a"},

    {1, "must be from 0 to 86400 seconds", aluno.sleep, -0.001},
    {1, "must be from 0 to 86400 seconds", aluno.sleep, 86400.001},
    {1, "must be from 0 to 86400 seconds", aluno.sleep, 0 / 0},
    {1, "number expected, got no value", aluno.sleep},
    {1, "string expected, got no value", host.create},
    {1, "string expected, got no value", host.is_regular_file},

    {2, "a namespace is a UUID", aluno.uuid, "a", "mine"},
    {1, "table expected, got string", aluno.connect, "tls+tcp://127.0.0.1:3000"},
    {1, "there is no option 'number'", aluno.connect, {"tls+tcp://127.0.0.1:3000"}},
    {1, "option 'on_call' must be a function, not a string", aluno.connect, {on_call = "print"}},
    {1, "option 'trace' must be a boolean, not a number", aluno.connect, {trace = 1}},
    {1, "option 'ca' must be a string, not a number", aluno.connect, {ca = 5}},
    {1, "aluno.client expected, got table", core.quiet, {}},
    {1, "string expected, got no value", core.fail},
    {1, "string expected, got no value", probe.certificate},
    {3, "string expected, got no value", probe.credentials, "ca.crt", "ana.crt"},
} do
    check.raises(case[2], ("bad argument #%d to"):format(case[1]), table.unpack(case, 3))
    check.raises(case[2], ("(%s)"):format(case[2]), table.unpack(case, 3))
end

-- Values that have no form in JSON, and files that are not built in.
for _, case in ipairs {
    {"JSON has no number inf", json.encode, {1 / 0}},
    {"JSON has no number -inf", json.encode, {-1 / 0}},
    {"JSON has no userdata", json.encode, {io.stdout}},
    {"JSON has no thread", json.encode, {a = coroutine.create(print)}},
    {"no module 'client.nothing' is built in", core.source, "client.nothing"},
    {"no module 'client.nothing' is built in", check.inside, "client.nothing"},
} do
    check.raises(case[1], case[1], table.unpack(case, 2))
end

-- Files and names that are not there are failures of the world: nil and an error.
for name, problem in pairs {
    certificate = {"OPTION_INVALID", "/nowhere/ana.crt"},
    revocations = {"OPTION_INVALID", "/nowhere/ca.crl"},
    resolve = {"ADDRESS_UNKNOWN", "no-such-host.invalid"},
} do
    local facts, err = probe[name](problem[2])
    check.same(name, {facts, err.reason, err.detail:find(problem[2], 1, true) ~= nil}, {nil, problem[1], true})
end
check.same("resolve, an address", probe.resolve "127.0.0.1", {"127.0.0.1"})
check.same("a file that is there, a device, nothing",
    {host.is_regular_file(arg[0]), host.is_regular_file "/dev/null", (host.is_regular_file "/nowhere/a")},
    {true, false, nil})

local path = os.tmpname()
local file, problem = host.create(path)
check.same("a file that exists is not created again", {file, problem}, {nil, path .. ": File exists"})
check.same("nor is it a folder", {host.make_folder(path)}, {nil, path .. ": File exists", 17})
os.remove(path)
check.same("a folder, made and there already", {host.make_folder(path), host.make_folder(path)}, {true, true})
check.same("one in no folder", (select(2, host.make_folder "/nowhere/a")), "/nowhere/a: No such file or directory")
os.remove(path)
file = assert(host.create(path))
check.same("a new file", {io.type(file), (file:write "a\n" or file):close(), host.is_regular_file(path)},
    {"file", true, true})
os.remove(path)

-- One field is validated as a form does it.
local student, err = aluno.validate("Student", {age = 20}, "age")
check.same("a field that is valid", {student.age, err}, {20})
student, err = aluno.validate("Student", {age = 151}, "age")
check.same("a field that is not", {student, err.violations[1].field, err.violations[1].reason},
    {nil, "age", "AGE_RANGE"})
student, err = aluno.validate("Student", {age = "20"}, "age")
check.same("a field of another kind", {student, err.violations[1].reason, err.violations[1].detail},
    {nil, "FIELD_KIND", "string != int"})
check.same("a message of another kind", {select(2, aluno.message_json("Student", {age = "20"})).reason},
    {"FIELDS_INVALID"})
