-- The names of Lua that Tab completes: globals, keywords and what is in tables and objects, which is looked up but
-- never called.
local tab = require "repl.tab"

local names = {}

local keywords = {
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
}

--- The next table to look for names in: that of a value's metatable.
local function parent_of(value)
    local meta = getmetatable(value)
    local parent = type(meta) == "table" and rawget(meta, "__index")
    return type(parent) == "table" and parent or nil
end

--- The value that "aluno.cpf" names; nil for none.
local function value_of(path)
    local value = _G
    for name in path:gmatch "[^.:]+" do
        local holder, found = value, nil
        while holder ~= nil and found == nil do
            found = type(holder) == "table" and rawget(holder, name) or nil
            holder = parent_of(holder)
        end
        if found == nil then return nil end
        value = found
    end
    return value
end

--- The names in a value, in order; for a call, `value:name`, of functions only. Names with a leading _ are omitted.
local function members(value, for_call)
    local found, holder = {}, value
    while holder ~= nil do
        for name, member in pairs(type(holder) == "table" and holder or {}) do
            local is_name = type(name) == "string" and name:find "^%a[%w_]*$"
            if is_name and (type(member) == "function" or not for_call) then found[#found + 1] = name end
        end
        holder = parent_of(holder)
    end
    table.sort(found)
    return found
end

--- The globals and keywords.
function names.globals()
    local found = members(_G, false)
    table.move(keywords, 1, #keywords, #found + 1, found)
    table.sort(found)
    return found
end

--- Completes a line of Lua up to the cursor; returns as tab.complete does.
function names.complete(before)
    local path, separator, typed = before:match "%f[%w_.:]([%a_][%w_.:]*)([.:])([%w_]*)$"
    if path then
        local value = value_of(path)
        return tab.complete(typed, "", value == nil and {} or members(value, separator == ":"))
    end
    typed = before:match "%f[%w_.:]([%a_][%w_]*)$"
    if typed then return tab.complete(typed, "", names.globals()) end
end

return names
