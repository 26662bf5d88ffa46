-- The next page of the list that was shown last: `mais` asks for it.
local language = require "client.language"
local lists = require "aluno.lists"

local more = {}

local text = language.of {
    pt = "%d de %d; os seguintes: mais",
    en = "%d of %d; the next ones: more",
}

local next_page -- {method =, request =, shown =}

--- Records how far the last reply of a list goes -> a sentence, if some students are left | nil
function more.keep(method, request, reply)
    local before = next_page and next_page.request.page_token == request.page_token and next_page.shown or 0
    next_page = nil
    if not (rawget(reply, "next_page_token") and rawget(reply, "students")) then return nil end
    local shown = before + #reply.students
    next_page = {method = method, shown = shown, request = lists.copy(request, {page_token = reply.next_page_token})}
    return reply.total_size and text:format(shown, reply.total_size)
end

--- The request for the next page of the last list: {method =, request =} | nil
function more.next()
    return next_page
end

return more
