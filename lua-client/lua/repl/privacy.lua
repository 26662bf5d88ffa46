-- Removes personal data from a line for the history: a command keeps its verb, its flags and values that are not
-- personal. The others become empty, and words that are no flag's are left out: `criar --nome "" --removidos true`.
local language = require "client.language"
local options = require "aluno.options"
local values = require "repl.values"
local words = require "client.words"

local privacy = {}

local cpf_about = 8 -- digits: a number that long may be a CPF in the wrong place

--- Whether all of a value is known beforehand.
local function is_known(value, known, is_list)
    local names = {}
    for _, name in ipairs(known or {}) do
        names[name] = true
    end
    for one in value:gmatch(is_list and "[^,]+" or ".+") do
        if not names[one] then return false end
    end
    return true
end

--- Returns whether a flag's value is never personal.
local function is_impersonal(flag, value)
    if flag.kind == "bool" then return true end
    if flag.kind == "int" then return (flag.rule or "any") == "any" and value:find "^%d+$" and #value < cpf_about end
    return is_known(value, values.of_flag(flag))
end

--- Returns the words after a verb without personal values.
local function elide(command, typed)
    local kept, flag = {}, nil
    for _, word in ipairs(typed) do
        local name, value = word:match "^(%-%-[^=]+)=(.*)$"
        local this = options.find(command, name or word)
        if word == "true" or word == "false" then
            kept[#kept + 1], flag = word, nil
        elseif flag then
            kept[#kept + 1] = is_impersonal(flag, word) and words.quote(word) or '""'
            flag = nil
        elseif this and value then
            kept[#kept + 1] = name .. "=" .. (is_impersonal(this, value) and words.quote(value) or '""')
        elseif this then
            kept[#kept + 1] = word
            flag = this.kind ~= "bool" and this or nil
        else
            kept[#kept + 1] = is_known(word, values.of_operand(command)) and words.quote(word) or nil
        end
    end
    return kept
end

--- A command with the rest of its line, as it may be kept; nil for one that cannot run.
function privacy.command(command, rest)
    local typed = words.split(rest)
    if not typed or not options.parse(command, typed) then return nil end
    local kept = elide(command, typed)
    table.insert(kept, 1, command.verb[language.name])
    return table.concat(kept, " ")
end

--- A line of Lua that ran, if it may be kept: a whole one without texts, comments or long numbers | nil
function privacy.lua(line)
    if not load("return " .. line) and not load(line) then return nil end
    local is_personal = line:find "[\"']" or line:find "%[=*%[" or line:find "%-%-" or line:find "%d%d%d"
    return not is_personal and line or nil
end

return privacy
