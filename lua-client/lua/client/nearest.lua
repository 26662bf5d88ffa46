-- The words that somebody may have meant: those that are a few letters away.
local nearest = {}

--- How many letters must be added, left out or replaced to make b of a.
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

--- The words of the list that are like `word` or hold it, the likeliest first; at most `most` of them.
function nearest.find(word, list, most)
    local found, far = {}, {}
    for _, other in ipairs(list) do
        far[other] = #word > 2 and other:find(word, 1, true) and 0 or distance(word, other)
        if far[other] <= math.max(2, #other // 3) then found[#found + 1] = other end
    end
    table.sort(found, function(a, b)
        if far[a] ~= far[b] then return far[a] < far[b] end
        return a < b
    end)
    return table.move(found, 1, math.min(most, #found), 1, {})
end

return nearest
