-- The ids of the students that this session has seen, for Tab: the next command is often about a student just listed.
local lists = require "aluno.lists"

local recent = {}

local most = 20
local ids = {}

local function add(id)
    ids = lists.join({id}, lists.map(ids, function(known) return known ~= id and known end))
    ids[most + 1] = nil
end

--- Records the ids in a reply: a student's, or those of its list.
function recent.see(reply)
    for _, student in ipairs(rawget(reply, "students") or {reply}) do
        local id = rawget(student, "id")
        if id then add(id) end
    end
end

--- The ids as texts, the latest first.
function recent.ids()
    return lists.map(ids, tostring)
end

return recent
