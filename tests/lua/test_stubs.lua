-- The stubs for editors load as Lua, and have every method, message and function.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local text = aluno.commands.stubs()

assert(load(text, "=stubs", "t", {}))()
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

--- Returns the keys of a table and of its tables, except the contract's, as "csv.open", sorted, one per line.
local function keys_of(module)
    local keys = {}
    for key, value in pairs(module) do
        keys[#keys + 1] = key
        for inner in pairs(key ~= "schema" and key ~= "commands" and type(value) == "table" and value or {}) do
            keys[#keys + 1] = key .. "." .. inner
        end
    end
    table.sort(keys)
    return table.concat(keys, "\n")
end

-- aluno.meta.lua declares what the module has as fields of classes, so loading it defines none.
local function fields_of(class)
    local fields = {}
    local block = assert(text:match("\n%-%-%-@class " .. class .. "\n(.-)\n[^-]"), class)
    for name, kind in block:gmatch "%-%-%-@field ([%w_]+) (%S+)" do
        fields[name] = kind:find "^aluno%." and fields_of(kind) or true
    end
    return fields
end
check.same("the module has what is described, and nothing else", keys_of(aluno), keys_of(fields_of "aluno"))
check.same("the error's class", text:find("---@class aluno.Error: aluno.Status", 1, true) ~= nil, true)

-- The editor's settings beside the stubs.
local path = (arg[0]:match ".*/" or "") .. "../../lua-client/lua/aluno/.luarc.json"
local settings = assert(aluno.json.decode(assert(io.open(path)):read "a"))
check.same("the editor's Lua", settings["runtime.version"], _VERSION)
check.same("a global of scripts", settings["diagnostics.globals"], {"aluno"})
