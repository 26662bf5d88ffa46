-- Students who have letters within a word of the name, or digits within the CPF. The service finds the beginnings of words
-- and whole CPFs; this reads everyone, in a school that is small enough, when that has found nobody.
local aluno = require "aluno"
local lists = require "aluno.lists"
local pages = require "aluno.pages"
local schema = require "client.schema"
local session = require "client.session"

local within = {}

local students_most = 5000
local shortest = 3

--- Returns the digits of a text that may be a part of a CPF: more than those of an id, or divided by dots.
function within.cpf_part(typed)
    local digits = typed:gsub("[%s.-]", "")
    local is_divided = typed:find "%d[.-]"
    if not digits:find "^%d+$" or #digits < shortest or #digits > 10 then return nil end
    return (is_divided or #digits > 7) and digits or nil
end

--- Returns a function that says whether a student has the letters or digits; nil when nothing can be searched so.
local function condition(typed)
    local digits = within.cpf_part(typed)
    if digits then
        return function(student) return (student.br_document or ""):find(digits, 1, true) end
    end
    local words = {}
    for word in aluno.fold(typed):gmatch "%S+" do
        words[#words + 1] = word
        if #word < shortest or word:find "[%d@<>=]" then return nil end
    end
    return #words > 0 and function(student)
        local name = aluno.fold(student.name)
        return not lists.any(words, function(word) return not name:find(word, 1, true) end)
    end
end

--- Returns the students in the order of their names, none when there are too many to read; `removed`: removed ones only.
function within.find(typed, removed)
    local has, found = condition(typed), {}
    if not has then return {} end
    local list = schema.method "list"
    local function call(request) return session.call(list, request) end
    local request = {page_size = 100, order_by = "name", show_deleted = removed or nil}
    for _, reply in pages(call, request) do
        if not reply or (reply.total_size or 0) > students_most then return {} end
        found = lists.join(found, lists.map(reply.students or {}, function(student)
            return has(student) and (not removed or student.delete_time) and student
        end))
    end
    return found
end

return within
