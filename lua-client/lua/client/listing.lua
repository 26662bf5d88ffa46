-- All students that a search finds, page after page.
local aluno = require "aluno"
local pages = require "aluno.pages"

local listing = {}

--- Gives the students of each page to take(students), which returns an error to end it -> how many | nil, error
---
---   query, order_by  as in list
---   progress         a function called after each page with the number read and the total
function listing.read(client, options, take)
    local count = 0
    local function list(request) return client:list(request) end
    for _, page, err in pages(list, {query = options.query, order_by = options.order_by}) do
        if not page then return nil, err end
        local refused = take(page.students)
        if refused then return nil, refused end
        count = count + #page.students
        if options.progress then options.progress(count, page.total_size) end
    end
    return count
end

--- Returns a progress function that shows a bar, unless the first page is all; and what ends the bar before its total is
--- reached: finish(), or leaving its scope.
function listing.bar()
    local shown
    local function finish()
        if shown then shown:finish() end
        shown = nil
    end
    local function show(count, total)
        if not shown and total and count < total then shown = aluno.progress(total) end
        if shown then shown:set(count) end
        if total and count >= total then finish() end
    end
    return show, setmetatable({finish = finish}, {__close = finish})
end

return listing
