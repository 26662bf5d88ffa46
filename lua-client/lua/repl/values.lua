-- The values that a flag or an operand may have, where they are known beforehand: Tab completes them, and a history may
-- keep them, because none is personal. Names of files may be personal: they are only completed.
local aluno = require "aluno"
local commands = require "client.commands"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"
local profile = require "client.profile"
local schema = require "client.schema"
local recent = require "client.recent"
local terminal = require "program.terminal"

local values = {}

local function fields()
    return lists.map(aluno.schema.messages.Student.fields, language.field)
end

local function orders()
    local names = {}
    for _, name in ipairs {"id", "name", "age", "create_time"} do
        names[#names + 1] = language.field(schema.field("Student", name))
        names[#names + 1] = names[#names] .. " desc"
    end
    return names
end

local function methods()
    return lists.map(aluno.schema.methods, function(method) return method.name end)
end

local function files(typed)
    return typed and terminal.files((typed:gsub("^[\"']", "")))
end

--- By the English name of a flag or an operand; a list has several values, divided by commas.
local known = {
    ca = {find = files},
    cert = {find = files},
    columns = {find = fields, is_list = true},
    command = {find = function() return commands.words(language.name) end},
    crl = {find = files},
    fields = {find = fields, is_list = true},
    file = {find = files},
    format = {find = output.format_names},
    id = {find = recent.ids},
    key = {find = files},
    lang = {find = function() return {"en", "pt"} end},
    method = {find = methods},
    method_name = {find = methods},
    order_by = {find = orders},
    output = {find = files},
    profile = {find = function() return (profile.read() or {}).names or {} end},
    reason = {find = function() return lists.keys(aluno.schema.reasons) end},
    rejects = {find = files},
    script = {find = files},
    update_mask = {find = function() return lists.map(schema.student_fields, language.field) end, is_list = true},
}

--- The values of a flag that begin as typed -> names | nil when they are not known, whether it is a list of them
function values.of_flag(flag, typed)
    local values_of = known[flag.name]
    if values_of then return values_of.find(typed), values_of.is_list end
end

--- The same of a command's first operand.
function values.of_operand(command, typed)
    if command[1] then return values.of_flag(command[1], typed) end
end

return values
