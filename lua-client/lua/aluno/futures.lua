-- Many calls at once: aluno.all. A call of client:async() returns a future (call.c). A future never raises its call's
-- failure. A call that nobody waits for is made all the same.
local core = require "core"

local futures = {}

--- Raises at the caller of futures.all unless it is given a list of futures, and a number of seconds or nothing.
local function check_futures(list, seconds)
    if type(list) ~= "table" then
        error("aluno.all takes a list of futures, {a, b}, not a " .. type(list), 3)
    end
    for i, future in ipairs(list) do
        if getmetatable(future) ~= core.future then
            error(("list[%d] must be a future, from a call of client:async(), not a %s"):format(i, type(future)), 3)
        end
    end
    if seconds ~= nil and type(seconds) ~= "number" then error("the seconds must be a number", 3) end
end

--- Waits for all futures of a list, at most `seconds` in all -> their replies and their errors, each at its future's
--- index; errors is nil when there are none. A future that has not ended gets DEADLINE_PASSED, and its call continues.
function futures.all(list, seconds)
    check_futures(list, seconds)
    local until_time = seconds and core.host.clock() + seconds
    local replies, errors = {}, {}
    for i, future in ipairs(list) do
        replies[i], errors[i] = future:wait(until_time and math.max(until_time - core.host.clock(), 0.001))
    end
    return replies, next(errors) and errors
end

return futures
