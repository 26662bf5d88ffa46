-- Any JSON, read and written.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local json = aluno.json

for _, case in ipairs {
    {"numbers", {1, -2, 2.5, 1e300, 0.1}, "[1, -2, 2.5, 1e300, 0.1]"},
    {"text", 'a"b\\c\n\1é\u{7F}', "\"a\\\"b\\\\c\\n\\u0001é\u{7F}\""},
    {"keys in order", {b = true, a = false, c = json.null}, '{"a": false, "b": true, "c": null}'},
    {"nested", {{x = {}}, {1}}, '[{"x": {}}, [1]]'},
    {"an empty list", json.array {}, "[]"},
    {"a text alone", "x", '"x"'},
} do
    check.same(case[1], json.encode(case[2]), case[3])
    check.same(case[1] .. ", there and back", json.encode(json.decode(case[3])), case[3])
end
check.same("as many digits as are needed", json.encode {0.1 + 0.2, 0.5}, "[0.30000000000000004, 0.5]")
check.same("a metatable of another's", json.encode(setmetatable({}, {})), "{}")
check.same("indented", json.encode({a = {1, 2}, b = {}}, {indent = 2}),
    '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {}\n}')

check.same("all of it", json.decode '{"a": [1, 2.0, "\\u00e3\\u0000", true, null], "b": {}}',
    {a = {1, 2.0, "ã\0", true, json.null}, b = {}})
check.same("the types of numbers", {math.type(json.decode "1"), math.type(json.decode "1.0")}, {"integer", "float"})
check.same("64 bits", json.decode "9223372036854775807", math.maxinteger)
check.same("null is not nil", json.decode "null" == json.null and json.null ~= nil, true)
for _, text in ipairs {"", "[1,", "{'a': 1}", '{"a": 1, "a": 2}', "[1] x", '"\xE3"', "nan", "99999999999999999999"} do
    local value, err = json.decode(text)
    check.same(text, {value, err.code, err.reason}, {nil, "INVALID_ARGUMENT", "JSON_SYNTAX"})
end
local _, err = json.decode '{\n"cpf": 52998224725x}'
check.same("the place, and nothing of the text", err.detail:match "^2:%d+$" ~= nil, true)

local cycle = {}
cycle[1] = cycle
check.raises("a table in itself", "nested too deep", json.encode, cycle)
check.raises("a function", "JSON has no function", json.encode, {print})
check.raises("no number", "JSON has no number", json.encode, 0 / 0)
check.raises("a key", "a key of a JSON object is a number", json.encode, {[5] = 1})
check.raises("a key that is not UTF-8", "not UTF-8", json.encode, {["\xE3"] = 1})
check.raises("a text that is not UTF-8, deep in a tree", "not UTF-8", json.encode, {a = {{b = {1, "\xE3"}}}})
check.raises("no text", "string expected", json.decode, nil)

check.same("a message", aluno.message_json("Student", {age = 20, name = "Ana"}), '{"name": "Ana", "age": 20}')
