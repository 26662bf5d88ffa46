-- The last imports, each in a file, so that another session can show and undo them. They hold no personal data: of each
-- student that an import registered the id, the etag and the time of registration, which together are no other
-- student's, in whatever database.
--
--   ~/.local/state/aluno/import.1 (the newest) to import.9, mode 0600:
--       aluno import 1
--       time 1795953600
--       server aluno.escola.br:3000
--       12 1 1795953600123      one line for each student
--       end                     when it came to its end
--       undone 1795957200       when it was undone
local core = require "core"
local folders = require "client.folders"

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

--- Opens the file of a new import; the oldest one is removed -> file, the time | nil, problem
local function create()
    local folder = folders.state()
    if not folder then return nil, "HOME" end
    local made, problem = folders.make(folder)
    if not made then return nil, problem end
    for number = kept - 1, 1, -1 do
        os.rename(path_of(number), path_of(number + 1))
    end
    local file
    file, problem = core.host.create(path_of(1))
    if not file then return nil, problem end
    local time = os.time()
    file:write(first_line, "\ntime ", time, "\nserver ", address(), "\n")
    return file, time
end

--- A log of the import that begins. Its file is made with the first student: {count, time, problem}
function imports.new()
    return setmetatable({count = 0}, log)
end

--- Adds a student that was registered: {id =, etag =, create_time =}. A write that fails sets `problem`.
function log:add(student)
    self.count = self.count + 1
    if self.count == 1 then
        local file, time = create()
        self.file, self.time, self.problem = file, file and time or os.time(), not file and time or nil
    end
    if not self.file then return end
    local fine, problem = self.file:write(student.id, " ", student.etag, " ", student.create_time or 0, "\n")
    if not fine then self.problem = problem end
end

--- Writes what was added, after each batch.
function log:flush()
    if not self.file then return end
    local fine, problem = self.file:flush()
    if not fine then self.problem = problem end
end

function log:finish()
    if self.file then self.file:write "end\n" end
    self:close()
end

function log:close()
    if self.file then self.file:close() end
    self.file = nil
end

log.__close = log.close

-- ---- reading ----

--- The students in a file of imports: for id, etag, create_time in imports.students(path) do
function imports.students(path)
    local file = io.open(path)
    return function()
        while file do
            local line = file:read()
            if not line then
                file:close()
                return nil
            end
            local id, etag, time = line:match "^(%d+) (%S+) (%d+)$"
            if id then return math.tointeger(tonumber(id)), etag, math.tointeger(tonumber(time)) end
        end
    end
end

--- What is known of the import in that file -> {path, time, server, count, is_undone} | nil, when it is no such file
local function read(path)
    local file <close> = path and io.open(path)
    if not file or file:read() ~= first_line then return nil end
    local found = {path = path, count = 0, is_undone = false}
    for line in file:lines() do
        if line:find "^%d" then found.count = found.count + 1 end
        found.time = found.time or math.tointeger(tonumber(line:match "^time (%d+)$"))
        found.server = found.server or line:match "^server (.*)$"
        found.is_undone = found.is_undone or line:find "^undone " ~= nil
    end
    return found.time and found
end

--- The imports that are known, the oldest first.
function imports.list()
    local list = {}
    for number = kept, 1, -1 do
        list[#list + 1] = read(path_of(number))
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
    local file <close> = io.open(each.path, "a")
    if file then file:write("undone ", os.time(), "\n") end
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

--- Undoes an import: removes its students, except those that have changed since -> {removed, changed, missing} | nil, error,
--- after which it may be called again
function imports.undo(client, each)
    local calls, sum, students = client:async(), {removed = 0, changed = 0, missing = 0}, {}
    for id, etag, create_time in imports.students(each.path) do
        students[#students + 1] = {id = id, etag = etag, create_time = create_time}
        if #students == at_once then
            local done, err = remove(calls, students, sum)
            if not done then return nil, err end
            students = {}
        end
    end
    local done, err = remove(calls, students, sum)
    if not done then return nil, err end
    imports.mark_undone(each)
    return sum
end

return imports
