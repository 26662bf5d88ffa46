-- The words that may stand next on a command's line.
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local values = require "repl.values"

local candidates = {}

--- Returns the flags that the words do not give yet.
local function flags_left(command, given_words)
    local given = {}
    for _, word in ipairs(given_words) do
        given[options.find(command, word) or word] = true
    end
    return lists.map(command.flags or {}, function(flag) return not given[flag] and flag end)
end

local function names_of(flags, in_language)
    return lists.map(flags, function(flag) return options.written(flag, in_language) end)
end

--- Finds the candidates for a word begun as `typed`, after a command and the words `given` -> "flag", their names in the
--- user's language, those in the other one | "value" or, of a list of them, "list", the values | nil, nil, a line that
--- describes what is expected | nothing
function candidates.find(command, given, typed)
    local last = given[#given]
    local flag = last and not last:find "=" and options.find(command, last)
    if typed:find "^%-%-[^=]*$" then
        local left, other = flags_left(command, given), language.name == "pt" and "en" or "pt"
        return "flag", names_of(left, language.name), names_of(left, other)
    elseif flag and flag.kind ~= "bool" then
        local known, is_list = values.of_flag(flag, typed)
        if known then return is_list and "list" or "value", known end
        return nil, nil, options.flag_line(flag)
    end
    local known, is_list = values.of_operand(command, typed)
    if known and #given == 0 then return is_list and "list" or "value", known end
    if typed == "" then return nil, nil, options.usage(command) end
end

return candidates
