-- Removes personal data from a line for the history: a command keeps its verb, and the flags whose values are not
-- personal, so that what a later session recalls can run: `listar --busca Ana --removidos` is `listar --removidos`.
local language = require "client.language"
local lists = require "aluno.lists"
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
    if flag.sensitive then return false end
    if flag.kind == "int" then return (flag.rule or "any") == "any" and value:find "^%d+$" and #value < cpf_about end
    return is_known(value, values.of_flag(flag))
end

--- Returns the words after a verb without personal values and their flags, and whether these are all.
local function elide(command, typed)
    local kept, flag, is_whole = {}, nil, true
    for _, word in ipairs(typed) do
        local name, value = word:match "^(%-%-[^=]+)=(.*)$"
        local this = options.find(command, name or word)
        local shown = words.quote(word)
        if word == "true" or word == "false" then
            flag = nil
        elseif flag then
            shown = is_impersonal(flag, word) and shown
            if not shown then kept[#kept] = nil end
            flag = nil
        elseif this and value then
            shown = is_impersonal(this, value) and name .. "=" .. words.quote(value)
        elseif this then
            flag = this.kind ~= "bool" and this or nil
        else
            shown = is_known(word, values.of_operand(command)) and shown
        end
        kept[#kept + 1] = shown or nil
        is_whole = is_whole and shown
    end
    return kept, is_whole
end

local function is_needed(flag)
    return flag.required or flag.key or flag.expected or flag.either
end

local function is_demanded(operand)
    return not operand.optional
end

--- A command with the rest of its line, as it may be kept; nil for one that could not run. Of one that needs a personal
--- value the verb stays, whose form asks.
function privacy.command(command, rest)
    local typed = words.split(rest)
    if not typed or not options.parse(command, typed) then return nil end
    local kept, is_whole = elide(command, typed)
    if not is_whole and lists.any(command, is_demanded) then return nil end
    if not is_whole and lists.any(command.flags or {}, is_needed) then kept = {} end
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
