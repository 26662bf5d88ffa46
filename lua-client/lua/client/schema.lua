-- Lookup in the contract: methods by verb or name, fields of messages by either of their names.
local aluno = require "aluno"
local lists = require "aluno.lists"
local options = require "aluno.options"

local schema = {}

--- Returns the method of a word: its verb in either language, its name, or its short name, in any case and with or
--- without accents; nil for none.
function schema.method(word)
    word = options.plain(word)
    for _, method in ipairs(aluno.schema.methods) do
        for _, name in ipairs {method.verb.pt, method.verb.en, method.name, method.short_name} do
            if options.plain(name) == word then return method end
        end
    end
end

--- Returns the field of a list with that name in either language; nil for none.
function schema.field_named(fields, name)
    for _, field in ipairs(fields) do
        if field.name == name or field.name_pt == name then return field end
    end
end

--- The field of a message of the contract; nil for none.
function schema.field(message, name)
    return aluno.schema.messages[message].by_name[name]
end

--- Translates "nome,idade" to the contract's names. Unknown names stay.
function schema.own_names(message, list)
    return (list:gsub("[^%s,]+", function(name)
        local field = schema.field(message, name)
        return field and field.name
    end))
end

--- Returns the fields of a message that tables show: those that a form asks, and the id.
function schema.columns(message)
    return lists.map(aluno.schema.messages[message].fields, function(field)
        return (field.name == "id" or field.presence ~= "output") and field
    end)
end

--- Returns the fields in the order for people: a birth date stands beside the age.
function schema.for_people(fields)
    local birth_date
    for _, field in ipairs(fields) do
        if field.rule == "birth_date" then birth_date = field end
    end
    local has_age = lists.any(fields, function(field) return field.rule == "age" end)
    if not birth_date or not has_age then return fields end
    local ordered = {}
    for _, field in ipairs(fields) do
        if field ~= birth_date then ordered[#ordered + 1] = field end
        if field.rule == "age" then ordered[#ordered + 1] = birth_date end
    end
    return ordered
end

--- The fields of a student that users fill in.
schema.student_fields = lists.map(aluno.schema.messages.Student.fields, function(field)
    return field.presence ~= "output" and field
end)

return schema
