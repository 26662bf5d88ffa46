-- Many calls at once: aluno.all. A call of client:async() returns a future (call.c):
--
--   future:wait([seconds]) -> reply, nil, metadata | nil, error    waits for it; may be asked again
--   future:done() -> boolean                                       whether it has ended; does not wait
--   future:cancel()                                                it ends soon, with CALL_CANCELLED
--   future:request_id() -> text                                    of a change that is under way
--
-- Futures never raise what a call may come to. A call that nobody waits for is made all the same.
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
