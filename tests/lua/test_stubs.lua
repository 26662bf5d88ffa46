-- The description for editors: Lua that loads, and every method, message and function in it.
local check = dofile(arg[0]:match ".*/" .. "check.lua")
local text = check.inside("client.stubs").text()

local described = {}
assert(load(text, "=stubs", "t", described))()
for _, method in ipairs(aluno.schema.methods) do
    for _, verb in pairs(method.verb) do
        check.same(verb, text:find(("---@param request aluno.%s?\n"):format(method.request), 1, true) ~= nil and
            text:find(("\nfunction client:%s(request, options) end"):format(verb), 1, true) ~= nil, true)
    end
end
for name, message in pairs(aluno.schema.messages) do
    local from = assert(text:find("---@class aluno." .. name .. "\n", 1, true), name)
    local class = text:sub(from, text:find("\n\n", from, true))
    for _, field in ipairs(message.fields) do
        check.same(name .. "." .. field.name, class:find("---@field " .. field.name .. " ", 1, true) ~= nil, true)
    end
end
for _, name in ipairs {"connect", "validate", "message_json", "request_json", "fold", "progress", "args", "exit",
    "exit_code", "sleep", "uuid"} do
    check.same(name, type(described.aluno[name]), type(aluno[name]))
end
for _, name in ipairs {"cpf", "csv", "json", "test"} do
    for key, value in pairs(aluno[name]) do
        if type(value) == "function" and key ~= "quote" then
            check.same(name .. "." .. key, type(described.aluno[name][key]), "function")
        end
    end
end
check.same("the error's class", text:find("---@class aluno.Error: aluno.Status", 1, true) ~= nil, true)
