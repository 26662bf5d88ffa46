-- Equality of values: tables by their contents, numbers also by their type, anything else by ==.
--- equal(a, b) -> boolean. Two tables that were paired already count as equal. compared[a] is the set of what a was
--- paired with: a table in itself meets several of another period.
local function equal(a, b, compared)
    if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
    compared = compared or {}
    local paired = compared[a] or {}
    if a == b or paired[b] then return true end
    compared[a], paired[b] = paired, true
    for key in next, b do
        if rawget(a, key) == nil then return false end
    end
    for key, value in next, a do
        if not equal(value, rawget(b, key), compared) then return false end
    end
    return true
end

return equal
