-- The contract by names: its methods by their verbs or names, the fields of its messages by either of theirs.
local aluno = require "aluno"
local lists = require "aluno.lists"
local options = require "aluno.options"

local schema = {}

--- The method that a word names: its verb in either language, its name, or its short name, whatever the case and the
--- accents; nil for none.
function schema.method(word)
    word = options.plain(word)
    for _, method in ipairs(aluno.schema.methods) do
        for _, name in ipairs {method.verb.pt, method.verb.en, method.name, method.short_name} do
            if options.plain(name) == word then return method end
        end
    end
end

--- The field of a list that either name is of; nil for none.
function schema.field_named(fields, name)
    for _, field in ipairs(fields) do
        if field.name == name or field.name_pt == name then return field end
    end
end

--- The field of a message of the contract; nil for none.
function schema.field(message, name)
    return aluno.schema.messages[message].by_name[name]
end

--- "nome,idade" by the contract's own names; what names no field stays.
function schema.own_names(message, list)
    return (list:gsub("[^%s,]+", function(name)
        local field = schema.field(message, name)
        return field and field.name
    end))
end

--- The fields of a message that are worth a column: what a form would ask, and the id.
function schema.columns(message)
    return lists.map(aluno.schema.messages[message].fields, function(field)
        return (field.name == "id" or field.presence ~= "output") and field
    end)
end

--- The fields of a student that people fill in.
schema.student_fields = lists.map(aluno.schema.messages.Student.fields, function(field)
    return field.presence ~= "output" and field
end)

return schema
