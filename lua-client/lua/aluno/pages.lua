-- Replies that come in pages, as a loop:
--
--   for page, reply, err, metadata in pages(call, request) do … end
--
-- call(request) makes the call of one page, whose number is `page`. A page without a reply is the last.
local lists = require "aluno.lists"

return function(call, request)
    local page, token, ended = 0, request.page_token, false
    return function()
        if ended then return nil end
        local reply, err, metadata = call(lists.copy(request, {page_token = token}))
        token = reply and rawget(reply, "next_page_token")
        page, ended = page + 1, not token
        return page, reply, err, metadata
    end
end
