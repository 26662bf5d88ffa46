-- Replies that come in pages, as a loop:
--
--   for page, reply, err, metadata in pages(call, request) do … end
--
-- call(request) makes the call of one page, whose number is `page`. A page without a reply is the last.
return function(call, request)
    local page, token, ended = 0, request.page_token, false
    return function()
        if ended then return nil end
        local query = {}
        for key, value in pairs(request) do
            query[key] = value
        end
        query.page_token = token
        local reply, err, metadata = call(query)
        token = reply and reply.next_page_token
        page, ended = page + 1, not token
        return page, reply, err, metadata
    end
end
