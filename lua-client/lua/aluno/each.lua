-- client:each: the loop over the students of all pages.
local core = require "core"
local pages = require "aluno.pages"

--- All students, one by one, page after page: `for student in client:each{} do`. page_size is the size of
--- a page. A loop cannot return `nil, err`, so a failure raises the error as a table, which pcall catches.
function core.client:each(request, options)
    local next_page = pages(function(query)
        local reply, err = self:list(query, options)
        if type(reply) == "userdata" then return reply:wait() end
        return reply, err
    end, request or {})
    local students, index = {}, 0
    return function()
        while index == #students do
            local page, reply, err = next_page()
            if not page then return nil end
            if not reply then error(err, 0) end
            students, index = reply.students, 0
        end
        index = index + 1
        return students[index]
    end
end
