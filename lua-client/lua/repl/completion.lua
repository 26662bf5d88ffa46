-- Completion at the prompt: commands, their flags and values, or names of Lua. After a space it shows what may follow.
local commands = require "client.commands"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local names = require "repl.names"
local tab = require "repl.tab"
local values = require "repl.values"
local words = require "client.words"

local completion = {}

--- Splits the text at its last word -> what is before it, the word, the quote that is open in it.
local function split_last(text)
    local start, quote = 1, nil
    for at, character in text:gmatch "()([%s\"'])" do
        if character == quote then
            quote = nil
        elseif not quote and character:find "%s" then
            start = at + 1
        elseif not quote then
            quote = character
        end
    end
    return text:sub(1, start - 1), text:sub(start), quote
end

--- Completes one of the values known; of a list, divided by commas, its last.
local function complete_value(known, is_list, typed)
    if is_list then return tab.complete(typed:match "[^,]*$", "", known) end
    local quote, bare = typed:match "^([\"']?)(.*)$"
    local _, text, lines = tab.complete(bare, "\n", known)
    if not text then return nil, nil, lines end
    local whole = text:match "^(.*)\n$"
    if whole then
        text = words.quote(whole) .. " "
    elseif quote ~= "" or text:find "[%s'\"]" then
        text = (quote ~= "" and quote or '"') .. text
    end
    return utf8.len(typed) or #typed, text
end

--- The names of the flags that the words do not give yet, in that language.
local function flags_left(command, given_words, in_language)
    local given = {}
    for _, word in ipairs(given_words) do
        given[options.find(command, word) or word] = true
    end
    return lists.map(command.flags or {}, function(flag)
        return not given[flag] and options.written(flag, in_language)
    end)
end

--- Completes the word `typed` after a command and the words before it.
local function complete_argument(command, given, typed)
    local last = given[#given]
    local flag = last and not last:find "=" and options.find(command, last)
    if typed:find "^%-%-[^=]*$" then
        local other = language.name == "pt" and "en" or "pt"
        return tab.complete(typed, " ", flags_left(command, given, language.name), flags_left(command, given, other))
    elseif flag and flag.kind ~= "bool" then
        local known, is_list = values.of_flag(flag, typed)
        if known then return complete_value(known, is_list, typed) end
        return nil, nil, options.flag_line(flag)
    end
    local known, is_list = values.of_operand(command, typed)
    if known and #given == 0 then return complete_value(known, is_list, typed) end
    if typed == "" then return nil, nil, options.usage(command) end
end

--- Completes the text before the cursor -> the number of characters to erase, the text that replaces them | nil,
--- nil, the lines to show | nothing
function completion.complete(before)
    local word, space, rest = before:match "^%s*(\\?[%a\128-\255]*)(%s*)(.*)$"
    local verbs = commands.words()
    if space == "" and rest == "" and tab.matches(word, verbs) then
        return tab.complete(word, " ", commands.words(language.name), verbs)
    end
    local command = space ~= "" and commands.find(word)
    if not command then return names.complete(before) end
    local before_typed, typed = split_last(rest)
    local given = words.split(before_typed)
    if given then return complete_argument(command, given, typed) end
end

return completion
