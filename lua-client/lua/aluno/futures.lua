-- Many calls at once: aluno.all. A call of client:async() returns a future (call.c). A future never raises its call's
-- failure. A call that nobody waits for is made all the same.
local core = require "core"

local futures = {}

--- Waits for all of a list of futures, `seconds` at most in all -> their replies and their errors, each at its future's
--- place; errors is nil when there are none. A future for which the time was too short goes on: DEADLINE_PASSED.
function futures.all(list, seconds)
    local until_time = seconds and core.host.clock() + seconds
    local replies, errors = {}, nil
    for i, future in ipairs(list) do
        local reply, err = future:wait(until_time and math.max(until_time - core.host.clock(), 0.001))
        replies[i] = reply
        if err then
            errors = errors or {}
            errors[i] = err
        end
    end
    return replies, errors
end

return futures
