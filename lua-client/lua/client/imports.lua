-- The last imports, each in a file, so that another session can show and undo them. They hold no personal data: of each
-- student that an import registered the id, the etag and the time of registration, which together are no other
-- student's, in whatever database; and the request ids of batches.
--
--   ~/.local/state/aluno/import.1 (the newest) to import.9, mode 0600:
--       aluno import 1
--       time 1795953600
--       server aluno.escola.br:3000
--       sent 01912345-…         before a batch is sent: an import that was killed may not know what became of it
--       12 1 1795953600123      one line for each student
--       done 01912345-…         the students of that batch are above
--       end                     when it came to its end
--       undone 1795957200       when it was undone
local core = require "core"
local errors = require "client.errors"
local folders = require "client.folders"
local lists = require "aluno.lists"

local imports = {}

local kept, first_line = 9, "aluno import 1"

local function path_of(number)
    local folder = folders.state()
    return folder and ("%s/import.%d"):format(folder, number)
end

--- The service that is in use, as its address is set.
local function address()
    return ((os.getenv "ALUNO_SERVER" or ""):gsub("^tls%+tcp://", ""))
end

-- ---- writing ----

local log = {}
log.__index = log

--- Moves the files up to the first number that is free, or over the oldest one.
local function make_room()
    local free = 1
    while free < kept do
        local file <close> = io.open(path_of(free))
        if not file then break end
        free = free + 1
    end
    for number = free - 1, 1, -1 do
        os.rename(path_of(number), path_of(number + 1))
    end
end

local attempts = 5 -- other imports may begin at the same time

--- Opens the file of a new import; the oldest one is removed -> file | nil, problem
local function create(time)
    local folder = folders.state()
    if not folder then return nil, "HOME" end
    local made, problem = folders.make(folder)
    local file
    for _ = 1, made and attempts or 0 do
        make_room()
        file, problem = core.host.create(path_of(1))
        if file then break end
    end
    if not file then return nil, problem end
    file:write(first_line, "\ntime ", time, "\nserver ", address(), "\n")
    return file
end

--- A log of the import that begins. Its file is made with the first batch: {count, time, problem}
function imports.new()
    return setmetatable({count = 0}, log)
end

--- Writes lines to the file. A write that fails sets `problem`.
local function write(self, ...)
    if not self.file then return end
    local fine, problem = self.file:write(...)
    if not fine then self.problem = problem end
end

--- Writes what was added.
local function flush(self)
    if not self.file then return end
    local fine, problem = self.file:flush()
    if not fine then self.problem = problem end
end

--- Notes that a batch is about to be sent under that request id.
function log:sent(request_id)
    if not self.time then
        self.time = os.time()
        self.file, self.problem = create(self.time)
    end
    write(self, "sent ", request_id, "\n")
    flush(self)
end

--- Adds a student that was registered: {id =, etag =, create_time =}.
function log:add(student)
    self.count = self.count + 1
    write(self, student.id, " ", student.etag, " ", student.create_time or 0, "\n")
end

--- Notes that the students of those requests are added.
function log:settle(request_ids)
    for _, request_id in ipairs(request_ids) do
        write(self, "done ", request_id, "\n")
    end
    flush(self)
end

function log:finish()
    write(self, "end\n")
    self:close()
end

function log:close()
    if self.file then self.file:close() end
    self.file = nil
end

log.__close = log.close

-- ---- reading ----

--- Reads the lines of a file of imports into `found`: its students, and the request ids that are not settled.
local function read_lines(file, found)
    local open = {}
    for line in file:lines() do
        local id, etag, create_time = line:match "^(%d+) (%S+) (%d+)$"
        local word, value = line:match "^(%l+) (.*)$"
        if id then
            local student = {id = math.tointeger(tonumber(id)), etag = etag, create_time = math.tointeger(tonumber(create_time))}
            found.students[#found.students + 1] = student
        elseif word == "time" then
            found.time = math.tointeger(tonumber(value))
        elseif word == "server" then
            found.server = value
        elseif word == "sent" or word == "done" then
            open[value] = word == "sent" or nil
        end
        found.is_undone = found.is_undone or word == "undone"
    end
    found.open = lists.keys(open)
    found.count = #found.students
end

--- Reads the record of an import -> {file, time, server, students, count, open, is_undone} | nil, when the file is no such
--- record. `file` stays the import's own when another one begins, which renames it.
local function read(path)
    local file = path and io.open(path, "a+")
    if not file then return nil end
    local found = {file = file, students = {}, is_undone = false}
    if file:read() == first_line then read_lines(file, found) end
    local may_be_one = found.time and (found.count > 0 or #found.open > 0)
    if not may_be_one then file:close() end
    return may_be_one and found or nil
end

--- The imports that are known, the oldest first.
function imports.list()
    local list = {}
    for number = kept, 1, -1 do
        local path = path_of(number)
        local exists <close> = path and io.open(path)
        list[#list + 1] = exists and read(path)
    end
    return list
end

--- The last import into this service that is not undone | nil. Another service has none of its students.
function imports.last()
    local last
    for _, each in ipairs(imports.list()) do
        if not each.is_undone and (not each.server or each.server == address()) then last = each end
    end
    return last
end

--- Notes that an import is undone.
function imports.mark_undone(each)
    each.file:write("undone ", os.time(), "\n")
    each.file:flush()
end

-- ---- batches whose outcome an import did not learn ----

--- Asks the service what became of them, and adds the students whom they registered -> true | nil, error
function imports.complete(client, each)
    local is_known = {}
    for _, student in ipairs(each.students) do
        is_known[student.id] = true
    end
    for _, request_id in ipairs(each.open) do
        local operation, err = client:operation {request_id = request_id}
        if not operation then return nil, err end
        if operation.state == "IN_PROGRESS" then return nil, errors.new "REQUEST_IN_PROGRESS" end
        each.students = lists.join(each.students, lists.map(rawget(operation, "students") or {}, function(student)
            return not is_known[student.id] and student
        end))
    end
    each.open, each.count = {}, #each.students
    return true
end

-- ---- undoing ----

local at_once = 64

--- Waits for each future; a student who is not there, or has changed, is no failure -> replies (false for those) | nil, error
local function wait_all(futures)
    local replies = {}
    for i, future in ipairs(futures) do
        local reply, err = future:wait()
        if err and err.code ~= "NOT_FOUND" and err.reason ~= "ETAG_MISMATCH" then return nil, err end
        replies[i] = reply or false
    end
    return replies
end

--- Removes those of the students who are as the import left them; the others are counted -> true | nil, error
local function remove(calls, students, sum)
    local reads, futures = {}, {}
    for i, student in ipairs(students) do
        reads[i] = calls:get {id = student.id}
    end
    local found, err = wait_all(reads)
    if not found then return nil, err end
    for i, student in ipairs(students) do
        local present = found[i]
        if not present or present.create_time ~= student.create_time then
            sum.missing = sum.missing + 1
        elseif present.etag ~= student.etag then
            sum.changed = sum.changed + 1
        else
            futures[#futures + 1] = calls:delete {id = student.id, etag = student.etag}
        end
    end
    local removed
    removed, err = wait_all(futures)
    if not removed then return nil, err end
    for _, reply in ipairs(removed) do
        local outcome = reply and "removed" or "changed"
        sum[outcome] = sum[outcome] + 1
    end
    return true
end

--- Undoes a complete import: removes its students, except those that have changed since -> {removed, changed, missing} |
--- nil, error, after which it may be called again
function imports.undo(client, each)
    local calls, sum = client:async(), {removed = 0, changed = 0, missing = 0}
    for from = 1, #each.students, at_once do
        local some = table.move(each.students, from, math.min(from + at_once - 1, #each.students), 1, {})
        local done, err = remove(calls, some, sum)
        if not done then return nil, err end
    end
    imports.mark_undone(each)
    return sum
end

return imports
