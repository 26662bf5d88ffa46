-- One client of a history: aluno client.lua FILE NAME SEED SECONDS [KEY]
--
-- Makes random operations on few students at a time, as other clients of the same FILE do, for that many seconds, and appends
-- each event to the FILE (format: history.lua). The file's order is that of time: a line is written by one write(2), before
-- the call and after it. Addresses and certificate are in the environment, as always. KEY is the first of the CPFs.
-- HISTORY_QUERY is what lists look for: where others have students, too, "Aluno". HISTORY_TIMEOUT is how many seconds a call
-- may take, HISTORY_PAUSE how many are between two.
-- With 0 SECONDS it reads all pages once, as the process "final" should when everything else has ended.
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path

local path, me, seed, seconds, first_key = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4]), tonumber(arg[5] or 1)
local RACE = 4          -- CPFs in use at a time
local query, pause = os.getenv "HISTORY_QUERY", tonumber(os.getenv "HISTORY_PAUSE" or 0)
local OPERATIONS = 40   -- of a client, until the next CPF comes

math.randomseed(seed)
local record = require "record"
local written = record.open(path)
local say, remember, known = written.say, written.remember, written.known
local client = assert(aluno.connect {timeout = seconds > 0 and record.timeout or 20})
local count = 0

local function erased_words(reply)
    local ids = {}
    for i, student in ipairs(reply.students or {}) do ids[i] = student.id end
    return #ids > 0 and "erased=" .. table.concat(ids, ",") or ""
end

local function reply_words(method, reply)
    if method == "erase" then return erased_words(reply) end
    if method ~= "batch" and method ~= "list" then return remember(reply) end
    local words = {}
    for i, student in ipairs(reply.students) do words[i] = remember(student) end
    return table.concat(words, " ")
end

local wire_names = {create = "CreateStudent", batch = "BatchCreateStudents", get = "GetStudent", update = "UpdateStudent",
    remove = "DeleteStudent", restore = "UndeleteStudent", list = "ListStudents", erase = "EraseStudent"}

local function call(method, message, options)
    return client:call("aluno.v1.StudentService/" .. wire_names[method], message, options)
end

-- ---- outcomes ----

local function rows_of(err)
    local rows = {}
    for _, violation in ipairs(err.reason == "CPF_TAKEN" and err.violations or {}) do
        local row = violation.field:match "^students%[(%d+)%]"
        rows[#rows + 1] = row and math.tointeger(tonumber(row)) + 1
    end
    return #rows > 0 and " rows=" .. table.concat(rows, ",") or ""
end

local not_as_replied = {REPLY_SUPERSEDED = true, STUDENT_ERASED = true}

-- The reply of an earlier attempt has the students as they are now: no outcome of the change, if another one followed it.
local function is_superseded(metadata)
    for _, warning in ipairs(metadata.warnings or {}) do
        if not_as_replied[warning.reason] then return true end
    end
    return false
end

-- Returns the event and its words.
local function outcome(method, reply, err, metadata)
    if reply then return "ok", is_superseded(metadata) and "" or reply_words(method, reply) end
    return record.is_open(err) and "info" or "fail", err.reason .. rows_of(err)
end

-- ---- what becomes of a change whose outcome is open ----

local function repeat_it(method, message, err)
    local request_id, reply, metadata = err.request_id, nil, nil
    for _ = 1, 4 do
        reply, err, metadata = call(method, message, {request_id = request_id})
        if reply or not record.is_open(err) then break end
    end
    if err and err.code == "RESOURCE_EXHAUSTED" then return "info", err.reason end -- says nothing of the attempt before
    return outcome(method, reply, err, metadata)
end

local function ask(method, _, err)
    local found, _, metadata = client:operation {request_id = err.request_id}
    if not found or found.state ~= "COMMITTED" then return "info", err.reason end
    if is_superseded(metadata) then return "ok", "" end
    if method == "batch" or method == "erase" then return "ok", reply_words(method, found) end
    return "ok", found.student and remember(found.student) or ""
end

local function cancel(_, _, err)
    local found = client:cancel {request_id = err.request_id}
    if not found then return "info", err.reason end
    if found.state == "CANCELLED" then return "fail", "CANCELLED" end
    return found.state == "COMMITTED" and "ok" or "info", ""
end

local function leave(_, _, err)
    return "info", err.reason
end

local resolutions = {repeat_it, repeat_it, repeat_it, ask, cancel, leave}

-- ---- operations ----

local function begin(method, arguments)
    count = count + 1
    local name = me .. "." .. count
    say(name, "invoke", method .. " " .. record.words_of(arguments))
    return name
end

local function change(name, method, message)
    local reply, err, metadata = call(method, message)
    local event, words = outcome(method, reply, err, metadata)
    if event == "info" and err.request_id then
        event, words = resolutions[math.random(#resolutions)](method, message, err)
    end
    say(name, event, words)
end

local function some_key()
    return first_key + count // OPERATIONS + math.random(0, RACE - 1)
end

-- One student in four has a birth date. Returns the age and the year of birth.
local function some_age()
    local year = math.random(4) == 1 and math.random(2000, 2015) or nil
    local _, age = record.birth_of(year)
    return age or math.random(0, 99), year
end

local function new_student(name, key, age, year)
    return {name = record.name_of(name), age = not year and age or nil, birth_date = record.birth_of(year),
        br_document = record.cpf_of(key), email = record.email_of(name, name)}
end

local function create()
    local key, age, year = some_key(), some_age()
    local name = begin("create", {key = key, age = age, birth = year})
    change(name, "create", new_student(name, key, age, year))
end

local function batch()
    local keys, ages, births, students, first = {}, {}, {}, {}, some_key()
    for row = 1, math.random(2, 3) do
        local age, year = some_age()
        keys[row], ages[row], births[row] = first + row - 1, age, year or "-"
    end
    local name = begin("batch", {key = table.concat(keys, ","), age = table.concat(ages, ","), birth = table.concat(births, ",")})
    for row, key in ipairs(keys) do
        students[row] = new_student(name .. "." .. row, key, ages[row], math.tointeger(births[row]))
    end
    change(name, "batch", {students = students})
end

-- The student of a CPF, or one that is remembered: what the history and what the service is asked.
local function some_student(needs_id)
    local is = known[math.random(math.max(#known, 1))]
    if not is or (not needs_id and math.random(3) == 1) then
        local key = some_key()
        return {key = key}, {br_document = record.cpf_of(key)}
    end
    return {key = is.key, s = is.s}, {id = is.id}, is
end

local function with_etag(arguments, message, is)
    if is and math.random(2) == 1 then arguments.etag, message.etag = is.etag, is.etag end
    return arguments, message, is
end

local function get()
    local arguments, message, is = some_student()
    local name = begin("get", arguments)
    message.show_deleted = is and true
    say(name, outcome("get", call("get", message)))
end

-- Students change their CPF within pairs, so that the checker has only few students to consider at a time.
local function other_of_pair(key)
    return key ~ 1
end

local function update()
    local arguments, message, is = with_etag(some_student())
    if math.random(2) == 1 then arguments.age, arguments.birth = some_age() end
    if is and math.random(3) == 1 then arguments.to = other_of_pair(is.key) end
    if is and math.random(3) == 1 then arguments.mail = 1 end
    local name = begin("update", arguments)
    message.student = {name = record.name_of(name), age = not arguments.birth and arguments.age or nil,
        birth_date = record.birth_of(arguments.birth),
        br_document = arguments.to and record.cpf_of(arguments.to), email = arguments.mail and record.email_of(is.s, name)}
    change(name, "update", message)
end

local function remove()
    local arguments, message = with_etag(some_student())
    change(begin("remove", arguments), "remove", message)
end

local function restore()
    if #known == 0 then return end
    local arguments, message = with_etag(some_student(true))
    change(begin("restore", arguments), "restore", message)
end

-- The first step shows whom the second one erases. It is no operation of the history.
local function erase()
    local arguments, message = some_student()
    message.validate_only = true
    local found = call("erase", message)
    if not found then return end
    local of = {}
    for i, student in ipairs(found.students) do of[i] = ("%s/%s"):format(record.created_by(student), student.etag) end
    arguments.of = table.concat(of, ",")
    message.validate_only, message.confirmation, message.reason = nil, found.confirmation, "pedido do titular"
    change(begin("erase", arguments), "erase", message)
end

-- Reads pages one after another; returns whether the last one was read.
local function list(order, removed, size, pages)
    local token, after
    for _ = 1, pages do
        local name = begin("list", {order = order, after = after, removed = removed and 1})
        local page, err = call("list", {order_by = order == "desc" and "id desc" or "id", show_deleted = removed, query = query,
            page_size = size, page_token = token})
        if not page then
            say(name, outcome("list", nil, err))
            return false
        end
        token = page.next_page_token
        say(name, "ok", ("%stotal=%d %s"):format(token and "more=1 " or "", page.total_size, reply_words("list", page)))
        if not token then return true end
        after = page.students[#page.students].id
    end
    return false
end

local function some_pages()
    list(math.random(5) == 1 and "asc" or "desc", math.random(4) > 1, math.random(2, 12), math.random(3))
end

-- ---- the client ----

-- How often each is made, of all.
local operations = {{create, 20}, {batch, 4}, {get, 22}, {update, 20}, {remove, 11}, {restore, 9}, {erase, 4}, {some_pages, 10}}

local function any_operation()
    local number = math.random(100)
    for _, operation in ipairs(operations) do
        number = number - operation[2]
        if number <= 0 then return operation[1]() end
    end
end

if seconds == 0 then
    os.exit(list("asc", true, 100, math.maxinteger) and 0 or 1, true)
end
-- The first call of a client without a connection fails at once, and so many outcomes would be open.
repeat until client:call("grpc.health.v1.Health/Check", {})
local ends = os.time() + seconds
while os.time() < ends do
    any_operation()
    if pause > 0 then aluno.sleep(pause) end
end
