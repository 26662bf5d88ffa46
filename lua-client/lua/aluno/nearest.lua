-- Suggests words within a small edit distance of a mistyped one.
local core = require "core"

local nearest = {}

local perhaps = ({pt = "; talvez: %s", en = "; perhaps: %s"})[core.language]

--- Returns the edit distance of a and b.
local function distance(a, b)
    local row = {}
    for j = 0, #b do
        row[j] = j
    end
    for i = 1, #a do
        local diagonal = row[0]
        row[0] = i
        for j = 1, #b do
            local replaced = diagonal + (a:byte(i) == b:byte(j) and 0 or 1)
            diagonal = row[j]
            row[j] = math.min(row[j] + 1, row[j - 1] + 1, replaced)
        end
    end
    return row[#b]
end

--- Returns at most `most` words of the list that are near `word` or contain it, the nearest first.
function nearest.find(word, list, most)
    local found, distance_to = {}, {}
    for _, other in ipairs(list) do
        distance_to[other] = #word > 2 and other:find(word, 1, true) and 0 or distance(word, other)
        local limit = math.min(#word - 1, math.max(#word > 3 and 2 or 1, #other // 3))
        if distance_to[other] <= limit then found[#found + 1] = other end
    end
    table.sort(found, function(a, b)
        if distance_to[a] ~= distance_to[b] then return distance_to[a] < distance_to[b] end
        return a < b
    end)
    return table.move(found, 1, math.min(most, #found), 1, {})
end

--- Returns the end of a sentence that refuses `word`: "; talvez: criar", or "". `prefix` is put before each word.
function nearest.suggestion(word, list, prefix)
    local found = nearest.find(word, list, 3)
    if #found == 0 then return "" end
    prefix = prefix or ""
    return perhaps:format(prefix .. table.concat(found, ", " .. prefix))
end

return nearest
