-- Completes a typed word from a list of candidates: adds their common prefix, or shows them.
local grid = require "client.grid"
local lists = require "aluno.lists"
local options = require "aluno.options"
local printable = require "aluno.printable"
local terminal = require "program.terminal"

local tab = {}

local function begins(word, typed)
    local plain = options.plain(typed)
    return options.plain(word):sub(1, #plain) == plain
end

--- The words that begin as typed, whatever the case and the accents, in order and each once. Further lists of words
--- serve when those before have none.
function tab.find(typed, words, ...)
    local found, seen = {}, {}
    for _, word in ipairs(words) do
        if begins(word, typed) and not seen[word] then
            found[#found + 1], seen[word] = word, true
        end
    end
    if #found == 0 and ... then return tab.find(typed, ...) end
    return found
end

--- Returns the common prefix of the words, in whole characters.
local function shared_by(words)
    local shared = words[1]
    for _, word in ipairs(words) do
        while not begins(word, shared) do
            shared = shared:sub(1, utf8.offset(shared, -1) - 1)
        end
    end
    return shared
end

--- The words, which may be names of files, in columns, as wide as the terminal.
local function in_columns(words)
    words = lists.map(words, printable)
    local width = 0
    for _, word in ipairs(words) do
        width = math.max(width, terminal.width(word) + 2)
    end
    local padded = lists.map(words, function(word) return grid.pad(word, width) end)
    local _, columns = terminal.size()
    local lines, a_line = {}, math.max(1, (columns or 80) // width)
    for i = 1, #words, a_line do
        lines[#lines + 1] = table.concat(padded, "", i, math.min(i + a_line - 1, #words)):gsub(" +$", "")
    end
    return table.concat(lines, "\n")
end

--- Completes what is typed -> how many characters to erase, the text for their place; or, when it can get no
--- longer, nil, nil, the words to show; nothing when no word begins so. `tail` follows a word that is the only one,
--- unless it is a folder. Takes lists of words as tab.find does.
function tab.complete(typed, tail, ...)
    local found = tab.find(typed, ...)
    if #found == 0 then return nil end
    local text = shared_by(found)
    if #found == 1 then
        text = text .. (text:find "/$" and "" or tail)
    elseif #text <= #typed then
        return nil, nil, in_columns(found)
    end
    return utf8.len(typed) or #typed, text
end

return tab
