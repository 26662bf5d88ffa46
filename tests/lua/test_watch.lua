-- client:watch over a service that is played: what is read at the beginning, where it goes on, and where it ends.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local core = check.inside "core"
local watching = check.inside "aluno.watch"

local function change(place)
    return {place = place, token = "t" .. place, kind = "UPDATED", student_id = 1, time = 0}
end

-- The requests of the calls; what the SDK's watch was opened with, how long each change might take, and its end.
local asked, opened

--- Returns a client whose calls get these replies in turn, or raise or return what is no reply; `view` is the behaviour.
local function fake(replies, view)
    asked = {}
    return {call = function(_, method, request)
        asked[#asked + 1] = request
        local reply = replies[#asked]
        check.same("the method", method, "aluno.v1.StudentService/WatchStudents")
        if reply.reason then
            if view == "strict" then error(reply, 0) end
            return nil, reply
        end
        return reply
    end, watch = core.client.watch}
end

--- Plays the SDK's watch: these changes, then none in time, or the failure.
local function play(changes, failure)
    opened = {waits = {}}
    core.open_watch = function(_, request, purpose)
        opened.after, opened.query, opened.purpose = request.after, request.query, purpose
        return setmetatable({next = function(_, most_ms)
            opened.waits[#opened.waits + 1] = most_ms
            local next_one = table.remove(changes, 1)
            return next_one, not next_one and failure or nil
        end}, {__close = function() opened.closed = true end})
    end
end

local function places(client, request, options)
    local found = {}
    for each in client:watch(request, options) do
        found[#found + 1] = each.place
    end
    return found
end

play {change(3), change(4)}
local client = fake {{changes = {change(1), change(2)}, token = "t2"}}
check.same("what there is, then what comes", places(client, {depois_de = "t0", busca = "ana"}, {purpose = "p"}), {1, 2, 3, 4})
check.same("the first call does not wait", asked, {{after = "t0", query = "ana", wait_ms = 0}})
check.same("and the watch goes on from its reply", {opened.after, opened.query, opened.purpose}, {"t2", "ana", "p"})
check.same("without a bound", opened.waits, {-1, -1, -1})
check.same("the end of the loop closes it", opened.closed, true)

play {}
check.same("none in so long", places(fake {{changes = {}, token = "t"}}, {espera_ms = 250}), {})
check.same("as long as it says", opened.waits, {250})

-- wait_ms = 0: until a reply has none and goes no further. The service may read much that the query does not find.
play {}
client = fake {
    {changes = {change(1)}, token = "t1"}, {changes = {}, token = "t1001"}, {changes = {change(1002)}, token = "t1002"},
    {changes = {}, token = "t1002"},
}
check.same("those that there are", places(client, {after = "t", wait_ms = 0}), {1, 1002})
check.same("each call goes on from the one before", {asked[2].after, asked[3].after, asked[4].after}, {"t1", "t1001", "t1002"})
check.same("the watch of the SDK is not needed", opened.waits, {})
local next_change = fake({{changes = {}, token = "t"}, {changes = {}, token = "t"}}):watch {wait_ms = 0}
check.same("its end", {next_change(), next_change()}, {})

-- ---- failures raise the error itself ----

local function raised(...)
    return select(2, pcall(places, ...))
end

local expired = setmetatable({code = "OUT_OF_RANGE", reason = "WATCH_EXPIRED", message = "m", remedy = "", violations = {}},
    core.error)
check.same("at the beginning", raised(fake {expired}, {after = "t"}), expired)
check.same("a strict client", raised(fake({expired}, "strict"), {after = "t"}), expired)
play({change(1)}, expired)
check.same("later", raised(fake {{changes = {}, token = "t"}}, {}), expired)
check.same("a later reply", raised(fake {{changes = {}, token = "t"}, expired}, {wait_ms = 0}), expired)
check.same("a negative wait", raised(fake {}, {wait_ms = -1}).violations[1].field, "wait_ms")
check.same("an unknown field", raised(fake {}, {quern = "ana"}).violations[1].reason, "FIELD_UNKNOWN")
check.raises("what is the watch's own", "client:watch sets watch_id and stop itself", places, fake {}, {parar = true})

-- ---- an end by the clock ----

local now = 100
core.host.clock = function() return now end
play {change(1), change(2)}
next_change = watching.open(fake {{changes = {}, token = "t"}}, {wait_ms = 5000}, nil, 102)
next_change()
now = 103
next_change()
check.same("the wait ends there, however long a change may take", opened.waits, {2000, 0})
