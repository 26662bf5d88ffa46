-- Watches the register: a line for each student who was created, changed, removed or restored, as long as it runs.
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/watch.lua --every 5
--
-- It lists all students each time, removed ones too, and compares their etags. This suits a school, not a city. While the
-- service is unreachable it keeps trying, and then reports all changes since.

local args = aluno.args {
    doc = "Watches what happens to the students",
    flags = {
        {name = "every", kind = "number", default = 5, help = "seconds between two looks"},
        {name = "looks", kind = "int", default = 0, help = "ends after so many; 0: never"},
    },
}

io.stdout:setvbuf "line"

local passing = {UNAVAILABLE = true, DEADLINE_EXCEEDED = true}

local function what_happened(before, student)
    if not before then return student.delete_time and "removed" or "created" end
    if before.etag == student.etag then return nil end
    if before.removed and not student.delete_time then return "restored" end
    return student.delete_time and not before.removed and "removed" or "changed"
end

--- Returns all students, by id, and reports the changes except the first time. A failed pass reports nothing: the next
--- one reports them all.
local function look(client, known)
    local now, events = {}, {}
    for student in client:each {show_deleted = true, order_by = "id"} do
        local event = known and what_happened(known[student.id], student)
        if event then events[#events + 1] = {event, student.id, student.name} end
        now[student.id] = {etag = student.etag, removed = student.delete_time ~= nil}
    end
    return now, events
end

local client <close> = assert(aluno.connect {})
local known, looks = nil, 0
while true do
    local fine, result, events = pcall(look, client, known)
    if fine then
        if not known then print("watching") end
        known = result
        for _, event in ipairs(events) do
            print(os.date "%H:%M:%S", table.unpack(event))
        end
    elseif aluno.is_error(result) and passing[result.code] then
        aluno.log.warn("unreachable", {reason = result.reason})
    else
        error(result, 0)
    end
    looks = looks + 1
    if looks == args.looks then break end
    aluno.sleep(args.every)
end
