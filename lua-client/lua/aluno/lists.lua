-- Lists and tables made from others.
local lists = {}

--- f(item) of each item, without those that are nil or false.
function lists.map(list, f)
    local results = {}
    for _, item in ipairs(list) do
        results[#results + 1] = f(item) or nil
    end
    return results
end

--- Whether f(item) is true of any item.
function lists.any(list, f)
    for _, item in ipairs(list) do
        if f(item) then return true end
    end
    return false
end

--- The keys of a table, sorted.
function lists.keys(values)
    local keys = {}
    for key in pairs(values) do
        keys[#keys + 1] = key
    end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    return keys
end

--- A table with what is in `values`, and in `more` if it is given, which wins.
function lists.copy(values, more)
    local copy = {}
    for _, source in ipairs {values, more} do
        for key, value in pairs(source) do
            copy[key] = value
        end
    end
    return copy
end

--- One list after another.
function lists.join(first, second)
    return table.move(second, 1, #second, #first + 1, table.move(first, 1, #first, 1, {}))
end

return lists
