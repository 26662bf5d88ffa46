-- The values that a flag or an argument may have, where they can be told beforehand: Tab completes them, and a
-- history may keep them, for none is a person's. Files' names may be: they are told for what is typed alone.
local aluno = require "aluno"
local commands = require "commands"
local language = require "client.language"
local output = require "client.output"
local recent = require "client.recent"
local terminal = require "program.terminal"

local values = {}

--- The fields of a student that people fill in, by their names in the contract.
local function changeable()
    local names = {}
    for _, field in ipairs(aluno.schema.messages.Student.fields) do
        if field.presence ~= "output" then names[#names + 1] = field.name end
    end
    return names
end

--- Every field of a student, in the user's language.
local function fields()
    local names = {}
    for i, field in ipairs(aluno.schema.messages.Student.fields) do
        names[i] = language.field(field)
    end
    return names
end

local ordering = {id = true, name = true, age = true, create_time = true}

local function orders()
    local names = {}
    for _, field in ipairs(aluno.schema.messages.Student.fields) do
        if ordering[field.name] then
            names[#names + 1] = language.field(field)
            names[#names + 1] = language.field(field) .. " desc"
        end
    end
    return names
end

local function methods()
    local names = {}
    for i, method in ipairs(aluno.schema.methods) do
        names[i] = method.name
    end
    return names
end

local function reasons()
    local names = {}
    for name in pairs(aluno.schema.reasons) do
        names[#names + 1] = name
    end
    table.sort(names)
    return names
end

local function verbs()
    return commands.words(language.name)
end

local function files(typed)
    return typed and terminal.files((typed:gsub("^[\"']", "")))
end

--- By the English name of a flag; a list has several values, divided by commas.
local of_flag = {
    file = {find = files},
    fields = {find = fields, is_list = true},
    format = {find = output.format_names},
    id = {find = recent.ids},
    method = {find = methods},
    order_by = {find = orders},
    rejects = {find = files},
    update_mask = {find = changeable, is_list = true},
}

--- By the English name of an argument.
local of_argument = {
    ["A,B"] = {find = fields, is_list = true},
    COMMAND = {find = verbs},
    FILE = {find = files},
    METHOD = {find = methods},
    NAME = {find = output.format_names},
    REASON = {find = reasons},
}

--- What the value of a flag may be that begins as typed -> names | nil when they cannot be told, whether it is a
--- list of them
function values.of_flag(flag, typed)
    local known = of_flag[flag.name]
    if known then return known.find(typed), known.is_list end
end

--- The same of a command's first argument.
function values.of_argument(command, typed)
    local known = command.arguments and of_argument[command.arguments.en:match "[%u,]+"]
    if known then return known.find(typed), known.is_list end
end

return values
