-- Completion at the prompt: commands, their flags and values, or names of Lua. After a space it shows what may follow.
local candidates = require "repl.candidates"
local commands = require "client.commands"
local language = require "client.language"
local names = require "repl.names"
local tab = require "repl.tab"
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

--- Completes one of the values known.
local function complete_value(known, typed)
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

--- Completes the word `typed` after a command and the words before it.
local function complete_argument(command, given, typed)
    local kind, known, other = candidates.find(command, given, typed)
    if kind == "flag" then return tab.complete(typed, " ", known, other) end
    if kind == "list" then return tab.complete(typed:match "[^,]*$", "", known) end
    if kind == "value" then return complete_value(known, typed) end
    return nil, nil, other
end

--- Completes the text before the cursor -> the number of characters to erase, the text that replaces them | nil,
--- nil, the lines to show | nothing
function completion.complete(before)
    local word, space, rest = before:match "^%s*(\\?[%a\128-\255]*)(%s*)(.*)$"
    local verbs = commands.words()
    if space == "" and rest == "" and tab.find(word, verbs)[1] then
        return tab.complete(word, " ", commands.words(language.name), verbs)
    end
    local command = space ~= "" and commands.find(word)
    if not command then return names.complete(before) end
    local before_typed, typed = split_last(rest)
    local given = words.split(before_typed)
    if given then return complete_argument(command, given, typed) end
end

return completion
