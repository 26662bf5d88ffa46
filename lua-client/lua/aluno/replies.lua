-- Replies, and the messages in them, as scripts read them: by the fields' names in either language. A name that the message
-- lacks raises. print shows them with personal values masked; a list's reply is read like the list in it.
local core = require "core"
local show = require "aluno.show"
local nearest = require "aluno.nearest"

local schema = core.schema

local unknown = ({pt = "%s não tem o campo '%s'%s", en = "%s has no field '%s'%s"})[core.language]

local function names_of(message)
    local names = {}
    for _, field in ipairs(message.fields) do
        names[#names + 1] = field.name
        if field.name_pt ~= field.name then names[#names + 1] = field.name_pt end
    end
    return names
end

local text_of

--- Returns a field's value as it is printed: a personal one masked.
local function printed(field, value)
    if field and field.sensitive and type(value) == "string" then return core.mask(field.sensitive, value) end
    return value
end

--- Returns a field's value as text; of a list, how long it is.
local function value_text(field, value)
    if field.kind == "message" then return text_of(field.type, value) end
    return field.kind == "list" and ("{… %d}"):format(#value) or show.value(printed(field, value), true)
end

--- "Student {id = 3, name = "Ana"}": the fields in the contract's order.
function text_of(name, item)
    local parts = {}
    for _, field in ipairs(schema.messages[name].fields) do
        local value = rawget(item, field.name)
        if value ~= nil then parts[#parts + 1] = field.name .. " = " .. value_text(field, value) end
    end
    return name .. " {" .. table.concat(parts, ", ") .. "}"
end

--- The element after `item` of a list; the first one after anything else.
local function element_after(list, item)
    for i, element in ipairs(list) do
        if element == item then return list[i + 1] end
    end
    return list[1]
end

--- Makes the reply of a list be read like the list: reply[1], ipairs(reply), #reply, for student in reply.
local function add_list(meta, list_name)
    local by_name = meta.__index
    function meta.__index(reply, key)
        if math.type(key) == "integer" then return rawget(reply, list_name)[key] end
        return by_name(reply, key)
    end
    function meta.__len(reply) return #rawget(reply, list_name) end
    function meta.__call(reply, _, item) return element_after(rawget(reply, list_name), item) end
end

local function metatable_of(name, message)
    local meta, lists = {is_message = true}, {}
    for _, field in ipairs(message.fields) do
        if field.kind == "list" then lists[#lists + 1] = field.name end
    end
    function meta.__index(item, key)
        local field = message.by_name[key]
        if field then return rawget(item, field.name) end
        error(unknown:format(name, tostring(key), nearest.suggestion(tostring(key), names_of(message))), 2)
    end
    function meta.__tostring(item) return text_of(name, item) end
    function meta.printed(key, value) return printed(message.by_name[key], value) end
    if #lists == 1 and message.by_name.next_page_token then add_list(meta, lists[1]) end
    return meta
end

local done = {}

--- Gives the message, and those nested in it, their metatables.
local function prepare(name)
    if done[name] then return end
    done[name] = true
    local message = schema.messages[name]
    core.set_metatable(name, metatable_of(name, message))
    for _, field in ipairs(message.fields) do
        if field.type then prepare(field.type) end
    end
end

for _, method in ipairs(schema.methods) do
    prepare(method.reply)
end
