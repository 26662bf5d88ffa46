-- The values that a flag or an argument may have, where they can be told beforehand: Tab completes them, and a
-- history may keep them, for none is a person's. Files' names may be: they are told for what is typed alone.
local aluno = require "aluno"
local commands = require "client.commands"
local language = require "client.language"
local output = require "client.output"
local schema = require "client.schema"
local recent = require "client.recent"
local terminal = require "program.terminal"

local values = {}

--- The fields' names in the user's language.
local function names_of(list)
    local names = {}
    for i, field in ipairs(list) do
        names[i] = language.field(field)
    end
    return names
end

local function changeable()
    return names_of(schema.student_fields)
end

local function fields()
    return names_of(aluno.schema.messages.Student.fields)
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

--- By the name of a command's first operand.
local of_operand = {
    columns = {find = fields, is_list = true},
    command = {find = verbs},
    file = {find = files},
    format = {find = output.format_names},
    method_name = {find = methods},
    reason = {find = reasons},
    script = {find = files},
}

local function find(known, typed)
    if known then return known.find(typed), known.is_list end
end

--- The values of a flag that begin as typed -> names | nil when they are not known, whether it is a list of them
function values.of_flag(flag, typed)
    return find(of_flag[flag.name], typed)
end

--- The same of a command's first operand.
function values.of_operand(command, typed)
    return find(command[1] and of_operand[command[1].name], typed)
end

return values
