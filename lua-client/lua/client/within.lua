-- Searches within words and CPFs, which a person gets when nobody's name has words that begin as typed.
local within = {}

local shortest, longest = 3, 10 -- digits of a part of a CPF

--- Returns the digits of a text that may be a part of a CPF: more than those of an id, or divided by dots.
function within.cpf_part(typed)
    local digits = typed:gsub("[%s.-]", "")
    local is_divided = typed:find "%d[.-]"
    if not digits:find "^%d+$" or #digits < shortest or #digits > longest then return nil end
    return (is_divided or #digits > 7) and digits or nil
end

--- Returns a query with each word marked so that it may stand anywhere in the name; nil when there is none to mark.
function within.query(query)
    local count = 0
    local marked = query:gsub("%S+", function(term)
        if term:find "[*@<>=]" or not term:find "[%a\128-\255]" then return nil end
        count = count + 1
        return "*" .. term
    end)
    return count > 0 and marked or nil
end

return within
