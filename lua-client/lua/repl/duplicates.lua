-- Students who may be the one about to be registered: the same name and age, or a CPF that is one slip of the
-- fingers away.
local aluno = require "aluno"

local duplicates = {}

local query_limit = 256

--- The search for everyone whose name has these words; nil for a name without any that a search takes.
local function query_of(student)
    local query = "age=" .. student.age
    local found = false
    for word in student.name:gmatch "[%w\128-\255'.-]+" do
        if word:find "[%a\128-\255]" and #query + 1 + #word <= query_limit then
            query, found = query .. " " .. word, true
        end
    end
    return found and query or nil
end

--- The CPFs in which two neighbouring digits have changed places.
function duplicates.swaps(digits)
    local swaps = {}
    for i = 1, #digits - 1 do
        local a, b = digits:sub(i, i), digits:sub(i + 1, i + 1)
        if a ~= b then swaps[#swaps + 1] = digits:sub(1, i - 1) .. b .. a .. digits:sub(i + 2) end
    end
    return swaps
end

--- Students of the same name, whatever its case and accents, and the same age. `look_up(verb, request)`
--- returns the service's reply, or nil.
function duplicates.namesakes(student, look_up)
    local query = query_of(student)
    local reply = query and look_up("list", {query = query, order_by = "name", page_size = 100})
    local namesakes, folded = {}, aluno.fold(student.name)
    for _, other in ipairs(reply and reply.students or {}) do
        if aluno.fold(other.name) == folded then namesakes[#namesakes + 1] = other end
    end
    return namesakes
end

--- Students whose CPF is the student's but for two neighbouring digits.
function duplicates.neighbours(student, look_up)
    local neighbours = {}
    for _, digits in ipairs(duplicates.swaps(student.br_document)) do
        neighbours[#neighbours + 1] = look_up("get", {br_document = digits})
    end
    return neighbours
end

return duplicates
