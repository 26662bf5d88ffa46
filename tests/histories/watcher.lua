-- One watcher of a history: aluno watcher.lua FILE NAME SEED [AGE]
--
-- Follows the changes of all students from now on, with AGE those of present students of that age or older, and appends what
-- it sees to the FILE (format: history.lua). It asks the service page by page, or by the SDK's watch, which goes on by itself
-- over lost connections; sometimes it goes back. When FILE.end exists it reads what is left, and ends.
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path

local record = require "record"
local path, me, seed, age = arg[1], arg[2], tonumber(arg[3]), arg[4]
-- A change that ends a watch's interest in a student does not show whose the student was: it must be one of ours.
local query = age and ((os.getenv "HISTORY_QUERY" or "") .. " age>=" .. age)
local TRAIL = 100     -- places to which it may go back
local LAST_S = 120    -- seconds in which what is left must be read

math.randomseed(seed)
local written = record.open(path)
local client = assert(aluno.connect {timeout = record.timeout})
local count, trail = 0, {}
local at -- the place that it has reached, and its token

local function begin(after)
    count = count + 1
    local name = me .. "." .. count
    written.say(name, "invoke", "watch " .. record.words_of {age = age, after = after})
    return name
end

local function request(fields)
    fields.query, fields.show_deleted = query, not age
    fields.after = at and at.token
    return fields
end

-- Others may have students there, too.
local function words_of(change)
    if change.student and not record.is_ours(change.student) then return nil end
    local text = ("change=%d/%d/%s/%s"):format(change.place, change.student_id, change.etag or 0, change.kind)
    return change.student and text .. " " .. written.remember(change.student) or text
end

local function go_on(change, words)
    words[#words + 1] = words_of(change)
    at = {place = change.place, token = change.token}
    trail[#trail + 1] = at
    if #trail > TRAIL then table.remove(trail, 1) end
end

local function fail(name, err)
    written.say(name, record.is_open(err) and "info" or "fail", err.reason)
end

-- Returns true when there is no further change.
local function read_page(size, wait_ms)
    local name = begin(at and at.place)
    local reply, err = client:call("aluno.v1.StudentService/WatchStudents", request {page_size = size, wait_ms = wait_ms})
    if not reply then return fail(name, err) end
    local is_all, words = at and at.token == reply.token, {}
    for _, change in ipairs(reply.changes) do go_on(change, words) end
    at = {place = at and at.place or 0, token = reply.token}
    written.say(name, "ok", (is_all and "" or "more=1 ") .. table.concat(words, " "))
    return is_all
end

-- That no change comes says nothing: the connection may be lost.
local function follow(most, wait_ms)
    local name, words, number = begin(at.place), {}, 0
    local fine, err = pcall(function()
        for change in client:watch(request {wait_ms = wait_ms}) do
            go_on(change, words)
            number = number + 1
            if number >= most then break end
        end
    end)
    if fine or #words > 0 then return written.say(name, "ok", "more=1 " .. table.concat(words, " ")) end
    if type(err) == "string" then error(err, 0) end
    fail(name, err)
end

local function go_back()
    at = trail[math.random(math.max(#trail, 1))] or at
end

local function has_ended()
    local file = io.open(path .. ".end")
    return file and file:close()
end

repeat read_page(1, 0) until at
while not has_ended() do
    local number = math.random(10)
    if number <= 6 then
        read_page(math.random(100), math.random(0, 1000))
    elseif number <= 9 then
        follow(math.random(300), 1000)
    else
        go_back()
    end
end
local ends = os.time() + LAST_S
repeat local is_all = read_page(100, 0) until is_all or os.time() > ends
os.exit(os.time() <= ends and 0 or 1, true)
