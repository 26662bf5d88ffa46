-- Watches the register: a line for each student who is created, changed, removed, restored or erased, as it happens.
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/watch.lua --state watch.token
--
-- While the service cannot be reached it keeps trying, and then reports all changes since. With --state it goes on after the
-- last change that it printed, also when it was ended meanwhile; the service keeps changes for seven days. If that was longer
-- ago, WATCH_EXPIRED says so, and the watch begins anew.

local args = aluno.args {
    doc = "Watches what happens to the students",
    flags = {
        {name = "query", help = "which students, as in list"},
        {name = "state", help = "a file for the token of the last change"},
        {name = "changes", kind = "int", default = 0, help = "ends after so many; 0: never"},
    },
}

io.stdout:setvbuf "line"

--- Returns the token of the last run; nil without one.
local function read_token()
    local file <close> = args.state and io.open(args.state)
    return file and file:read "l"
end

--- Keeps the token: the file is replaced whole, or stays as it was.
local function write_token(token)
    if not args.state then return end
    local file = assert(io.open(args.state .. ".new", "w"))
    assert(file:write(token, "\n"))
    assert(file:close())
    assert(os.rename(args.state .. ".new", args.state))
end

--- Reports the changes after the token, or from now on. Raises what ends the watch.
local function watch(client, token)
    local left = args.changes
    token = token or assert(client:list {query = args.query, page_size = 1}).watch_token
    print "watching"
    for change in client:watch {after = token, query = args.query} do
        local student = change.student
        print(os.date("%H:%M:%S", change.time // 1000), change.kind, change.student_id, student and student.name or "")
        write_token(change.token)
        left = left - 1
        if left == 0 then break end
    end
end

local client <close> = assert(aluno.connect {})
local fine, problem = pcall(watch, client, read_token())
if not fine and aluno.is_error(problem) and problem.code == "OUT_OF_RANGE" then
    aluno.log.warn("token_of_no_use", {reason = problem.reason})
    fine, problem = pcall(watch, client)
end
if not fine then error(problem, 0) end
