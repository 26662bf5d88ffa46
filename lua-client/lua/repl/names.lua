-- The names of Lua that Tab completes: globals, keywords and what is in tables and objects, which is looked up but
-- never called.
local line = require "repl.line"
local lists = require "aluno.lists"
local tab = require "repl.tab"

local names = {}

--- The members of a value by their keys, with those of the tables that its metatables name.
local function members(value)
    local meta = getmetatable(value)
    local parent = type(meta) == "table" and rawget(meta, "__index")
    return lists.copy(type(parent) == "table" and members(parent) or {}, type(value) == "table" and value or {})
end

--- The value that "aluno.cpf" names; nil for none.
local function value_of(path)
    local value = _G
    for name in path:gmatch "[^.:]+" do
        value = members(value)[name]
    end
    return value
end

--- The names in a value, in order; for a call, `value:name`, of functions only. Names with a leading _ are omitted.
local function names_in(value, for_call)
    local found = members(value)
    return lists.map(lists.keys(found), function(name)
        local is_name = type(name) == "string" and name:find "^%a[%w_]*$"
        return is_name and (type(found[name]) == "function" or not for_call) and name
    end)
end

--- Completes a line of Lua up to the cursor; returns as tab.complete does.
function names.complete(before)
    local path, separator, typed = before:match "%f[%w_.:]([%a_][%w_.:]*)([.:])([%w_]*)$"
    if path then return tab.complete(typed, "", names_in(value_of(path), separator == ":")) end
    typed = before:match "%f[%w_.:]([%a_][%w_]*)$"
    if not typed then return nil end
    local globals = lists.join(names_in(_G, false), line.keywords)
    table.sort(globals)
    return tab.complete(typed, "", globals)
end

return names
