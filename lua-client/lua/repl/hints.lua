-- Hints at the prompt: how the command that is typed goes on, or what it takes.
local commands = require "client.commands"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local tab = require "repl.tab"
local words = require "client.words"

local hints = {}

--- Whether there are any.
hints.is_on = true

--- The rest of the only word of the list that begins so, and the whole word | nil
local function rest_of(typed, known)
    local found = tab.find(typed, known)
    local length = utf8.len(typed)
    if #found ~= 1 or not length then return nil end
    return found[1]:sub(utf8.offset(found[1], length + 1) or #found[1] + 1), found[1]
end

--- The arguments of a command: its usage without its name.
local function arguments_of(command)
    return options.usage(command):sub(#command.name + 2)
end

--- The hint for a command's word that is being typed | nil
local function for_word(typed)
    local command = commands.find(typed)
    local rest = ""
    if not command then
        local whole
        rest, whole = rest_of(typed, commands.words(language.name))
        command = whole and commands.find(whole)
    end
    return command and rest .. " " .. arguments_of(command)
end

--- The flag of that command whose name a word begins -> what the name lacks, and the flag | nil
local function find_flag(command, typed)
    local written = lists.map(command.flags or {}, function(flag) return options.written(flag) end)
    local rest, name = rest_of(typed, written)
    return rest, name and options.find(command, name)
end

--- The hint for what follows a command | nil
local function for_arguments(command, typed)
    if typed == "" then return arguments_of(command) end
    local given = words.split(typed)
    local last = given and given[#given]
    if not last then return nil end
    local follows = typed:find "%s$"
    local flag = last:find "^%-%-[^=]+$" and options.find(command, last)
    if flag and flag.kind ~= "bool" then
        local value = options.flag_line(flag):sub(#options.written(flag) + 2)
        return follows and value or " " .. value
    end
    if follows or not last:find "^%-%-[^=]*$" then return nil end
    return (find_flag(command, last))
end

--- The hint for the end of a line | nil
function hints.find(line)
    if not hints.is_on or line:find "%c" then return nil end
    local word, space, rest = line:match "^%s*(\\?[%a\128-\255]+)(%s*)(.*)$"
    if not word then return nil end
    local hint
    if space == "" and rest == "" then
        hint = for_word(word)
    elseif space ~= "" then
        local command = commands.find(word)
        hint = command and for_arguments(command, rest)
    end
    return hint and hint:find "%S" and hint or nil
end

return hints
