-- Many tasks under way at once, each written as if it were alone: it awaits the future of a call (client:async()), and
-- meanwhile the others go on. They end in the order in which they began.
--
--   pipeline.run(256, function() return next_task end, function(result) … end)
--
-- A task is a function; inside it, `local reply, err, metadata = pipeline.await(future)`.
local pipeline = {}

--- Returns the results of the future's wait().
pipeline.await = coroutine.yield

--- Resumes a task: up to the next future that it awaits, or to its end and its result.
local function resume(task, ...)
    local fine, value = coroutine.resume(task.thread, ...)
    if not fine then error(value, 0) end
    local has_ended = coroutine.status(task.thread) == "dead"
    task.future, task.result = not has_ended and value, has_ended and value
end

--- Runs each function that next_task() returns, until it returns none, with at most `most` of them under way; and calls
--- settle(result) with what they return, in their order, until it returns something -> that
function pipeline.run(most, next_task, settle)
    local ring, first, count, more = {}, 0, 0, true -- the oldest is at ring[first % most + 1]

    --- While the oldest begins another call, those behind it whose calls have ended may do so too.
    local function advance()
        for i = first + 1, first + count - 1 do
            local task = ring[i % most + 1]
            if task.future and task.future:done() then resume(task, task.future:wait()) end
        end
    end

    while true do
        while more and count < most do
            local body = next_task()
            more = body ~= nil
            if more then
                local task = {thread = coroutine.create(body)}
                resume(task)
                ring[(first + count) % most + 1] = task
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
