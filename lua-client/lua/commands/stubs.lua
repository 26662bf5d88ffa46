-- stubs: the module `aluno` described for editors: aluno.meta.lua, and what follows from the contract.
local aluno = require "aluno"
local core = require "core"
local lists = require "aluno.lists"

local personal = ({pt = "(pessoal)", en = "(personal)"})[aluno.language]

local kinds = {int = "integer", bool = "boolean", text = "string"}

local function type_of(field)
    if field.kind == "list" then return "aluno." .. field.type .. "[]" end
    return field.type and "aluno." .. field.type or kinds[field.kind]
end

--- A field by the names given: what is written there, and the rule it must keep.
local function field_line(field, name)
    local about = field.label[aluno.language]
    if field.rule ~= "any" then about = about .. ": " .. field.rule_text[aluno.language] end
    if field.sensitive then about = about .. " " .. personal end
    return ("---@field %s %s? %s"):format(name, type_of(field), about)
end

--- In requests a field may have either name, and those of a nested message are among its own.
local function class_of(message, is_request)
    local lines, seen = {("---%s"):format(message.doc), "---@class aluno." .. message.name}, {}
    local function add(fields)
        for _, field in ipairs(fields) do
            for _, name in ipairs(is_request and {field.name, field.name_pt} or {field.name}) do
                if not seen[name] and not (is_request and field.presence == "output") then
                    lines[#lines + 1] = field_line(field, name)
                end
                seen[name] = true
            end
        end
    end
    add(message.fields)
    for _, field in ipairs(is_request and message.fields or {}) do
        if field.kind == "message" then add(aluno.schema.messages[field.type].fields) end
    end
    return table.concat(lines, "\n") .. "\n\n"
end

local function method_stub(method, verb)
    return ([[
---%s
---@param request aluno.%s?
---@param options aluno.CallOptions?
---@return aluno.%s? reply, aluno.Error? err, aluno.ReplyMetadata? metadata
function client:%s(request, options) end
---@param request aluno.%s?
---@param options aluno.CallOptions?
---@return aluno.Future
function async:%s(request, options) end

]]):format(method.doc[aluno.language], method.request, method.reply, verb, method.request, verb)
end

--- The stubs of a method's verbs, without those that the module's own description has.
local function method_stubs(method, module)
    local verbs = method.verb.pt ~= method.verb.en and {method.verb.en, method.verb.pt} or {method.verb.en}
    return table.concat(lists.map(verbs, function(verb)
        return not module:find("function client:" .. verb .. "(", 1, true) and method_stub(method, verb)
    end))
end

--- The whole file, in the language of the environment.
local function text()
    local module = core.source("aluno.aluno.meta"):match "^local require = %.%.%. (.*)return aluno\n$"
    local parts, is_request = {module}, {}
    for _, method in ipairs(aluno.schema.methods) do
        is_request[method.request] = true
        parts[#parts + 1] = method_stubs(method, module)
    end
    for _, name in ipairs(lists.keys(aluno.schema.messages)) do
        parts[#parts + 1] = class_of(aluno.schema.messages[name], is_request[name])
    end
    return table.concat(parts) .. "return aluno\n"
end

return {
    verb = {en = "stubs", pt = "stubs"},
    doc = {
        en = "describes the Lua module for editors: aluno stubs > aluno.meta.lua",
        pt = "descreve o módulo Lua para editores: aluno stubs > aluno.meta.lua",
    },
    group = "scripts",
    call = text,
    run = function(_, io)
        io.data((text():gsub("\n$", "")))
        return 0
    end,
}
