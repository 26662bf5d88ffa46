-- Many pieces of work under way at once, each written as if it were alone: where it has to wait for a call it awaits
-- the call's future (client:async()), and meanwhile the others go on. They end in the order in which they began.
--
--   pipeline.run(256, function() return next_piece end, function(result) … end)
--
-- A piece of work is a function; inside it, `local reply, err, beside = pipeline.await(future)`.
local pipeline = {}

--- What the future's wait() gives.
pipeline.await = coroutine.yield

--- Goes on with a piece of work: to the next future that it awaits, or to its end and what it gives.
local function resume(work, ...)
    local fine, value = coroutine.resume(work.thread, ...)
    if not fine then error(value, 0) end
    work.future, work.result = nil, nil
    if coroutine.status(work.thread) == "dead" then
        work.result = value
    else
        work.future = value
    end
end

local function start(body)
    local work = {thread = coroutine.create(body)}
    resume(work)
    return work
end

--- Runs each function that next_piece() gives, until it gives none, with at most `most` of them under way; and hands
--- what they return to settle(result), in their order. When settle gives something, that is the end -> what it gave
function pipeline.run(most, next_piece, settle)
    local ring, first, count, more = {}, 0, 0, true -- the oldest is at ring[first % most + 1]

    --- While the oldest begins another call, those behind it whose calls have ended may do so too.
    local function advance()
        for i = first + 1, first + count - 1 do
            local work = ring[i % most + 1]
            if work.future and work.future:done() then resume(work, work.future:wait()) end
        end
    end

    while true do
        while more and count < most do
            local body = next_piece()
            more = body ~= nil
            if more then
                ring[(first + count) % most + 1] = start(body)
                count = count + 1
            end
        end
        if count == 0 then return nil end
        local oldest = ring[first % most + 1]
        while oldest.future do
            resume(oldest, oldest.future:wait())
            if oldest.future then advance() end
        end
        first, count = first + 1, count - 1
        local ended = settle(oldest.result)
        if ended then return ended end
    end
end

return pipeline
