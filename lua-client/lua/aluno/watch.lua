-- client:watch: the loop over the changes of students as they happen. The first call reads what there is after the token,
-- and fails as any call does; after that the SDK's watch goes on over lost connections by itself.
local core = require "core"
local lists = require "aluno.lists"

local method = "aluno.v1.StudentService/WatchStudents"
local pause_ms = 2000

--- Makes one call, which does not wait at the service -> its reply. Raises a failure.
local function read(client, request, options)
    local reply, err = client:call(method, lists.copy(request, {wait_ms = 0}), options)
    if type(reply) == "userdata" then reply, err = reply:wait() end
    if not reply then error(err, 0) end
    return reply
end

--- Returns the reply with the next changes that there are; nil when there are none.
local function read_on(client, request, options, token)
    while true do
        local reply = read(client, lists.copy(request, {after = token}), options)
        if #reply.changes > 0 then return reply end
        if reply.token == token then return nil end -- a reply may be empty because the service has read enough
        token = reply.token
    end
end

--- The milliseconds that the next change may take: wait_ms, but not beyond until_time; -1 without either.
local function patience(wait_ms, until_time)
    if not until_time then return wait_ms or -1 end
    local left_ms = math.max(0, (until_time - core.host.clock()) * 1000 // 1 | 0)
    return wait_ms and math.min(wait_ms, left_ms) or left_ms
end

--- Waits so long for the watch's next change (-1: without a bound) -> it; nil when none has come. on_pause, if any, is called
--- now and then meanwhile.
local function await(watch, left_ms, on_pause)
    while true do
        local part_ms = on_pause and (left_ms < 0 or left_ms > pause_ms) and pause_ms or left_ms
        local change, problem = watch:next(part_ms)
        if problem then error(problem, 0) end
        if change or part_ms == left_ms then return change end
        left_ms = left_ms < 0 and left_ms or left_ms - part_ms
        on_pause()
    end
end

--- Returns the request with the contract's names, and a client's own fields left out. Raises what is wrong with it.
local function check(request)
    local asked, err = core.validate("WatchStudentsRequest", request or {})
    if not asked then error(err, 0) end
    if asked.watch_id or asked.stop then error("client:watch sets watch_id and stop itself", 3) end
    return asked
end

local watching = {}

--- The loop of client:watch, which ends at until_time (host.clock) too, if it is given. on_pause, if any, is called now and
--- then while no change comes.
function watching.open(client, request, options, until_time, on_pause)
    local reply, index = read(client, request, options), 0
    local watch, err
    if request.wait_ms ~= 0 then
        local purpose = options and options.purpose
        watch, err = core.open_watch(client, lists.copy(request, {after = reply.token}), purpose)
        if not watch then error(err, 0) end
    end
    local function next_change()
        index = index + 1
        local change = reply and reply.changes[index]
        if change or not reply then return change end
        if watch then return await(watch, patience(request.wait_ms, until_time), on_pause) end
        reply, index = read_on(client, request, options, reply.token), 1
        return reply and reply.changes[1]
    end
    return next_change, nil, nil, watch
end

--- The changes of students, one by one, as long as the loop runs: `for change in c:watch{} do`. It begins now, or after
--- the token `after`. With wait_ms it ends when no change has come for so long; 0: with those that there are. Each
--- change has the token to go on from. A failure raises the error as a table, as in client:each.
function core.client:watch(request, options)
    return watching.open(self, check(request), options)
end

core.client.acompanhar = core.client.watch

watching.check = check

return watching
