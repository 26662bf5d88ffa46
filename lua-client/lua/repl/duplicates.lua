-- Students who may be the one about to be registered: the same name and age, or a CPF that is one slip of the
-- fingers away.
local aluno = require "aluno"
local lists = require "aluno.lists"

local duplicates = {}

local query_limit = 256

--- The search for everyone whose name has these words; nil for a name without any that a search takes.
local function query_of(student)
    local query = "age=" .. student.age
    for word in student.name:gmatch "[%w\128-\255'.-]+" do
        if word:find "[%a\128-\255]" and #query + 1 + #word <= query_limit then query = query .. " " .. word end
    end
    return query:find " " and query
end

--- The CPFs in which two neighbouring digits have changed places.
local function swaps_of(digits)
    local swaps = {}
    for i = 1, #digits - 1 do
        local a, b = digits:sub(i, i), digits:sub(i + 1, i + 1)
        if a ~= b then swaps[#swaps + 1] = digits:sub(1, i - 1) .. b .. a .. digits:sub(i + 2) end
    end
    return swaps
end

--- Students of the same name, whatever its case and accents, and the same age. `guide:look_up(verb, request)` returns the
--- service's reply, or nil.
function duplicates.namesakes(student, guide)
    local query = query_of(student)
    local reply = query and guide:look_up("list", {query = query, order_by = "name", page_size = 100})
    local folded = aluno.fold(student.name)
    return lists.map(reply and reply.students or {}, function(other)
        return aluno.fold(other.name) == folded and other
    end)
end

--- Students whose CPF is the student's but for two neighbouring digits.
function duplicates.neighbours(student, guide)
    return lists.map(swaps_of(student.br_document), function(digits)
        return guide:look_up("get", {br_document = digits})
    end)
end

return duplicates
