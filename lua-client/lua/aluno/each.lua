-- client:each: the loop over the students of all pages.
local core = require "core"

--- All students, one by one, page after page: `for student in client:each{} do`. page_size is how many come at
--- once. A loop has no place for `nil, err`: a failure raises the error, which pcall catches as it is.
function core.client:each(request, options)
    local query, page, index = {}, nil, 0
    for key, value in pairs(request or {}) do
        query[key] = value
    end
    return function()
        while not page or index == #page.students do
            if page then
                if not page.next_page_token then return nil end
                query.page_token = page.next_page_token
            end
            local reply, err = self:list(query, options)
            if type(reply) == "userdata" then reply, err = reply:wait() end
            if not reply then error(err, 0) end
            page, index = reply, 0
        end
        index = index + 1
        return page.students[index]
    end
end
