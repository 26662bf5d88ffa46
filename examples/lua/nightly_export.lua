-- Exports all students to a file of the day, alunos-2026-03-01.csv, and keeps those of the last days. For cron:
--
--   0 3 * * *  umask 077; aluno --ca ca.crt --cert ana.crt --key ana.key nightly_export.lua /var/backups --keep 14
--
-- Changes since the last earlier day go to mudancas-2026-03-01.csv. alunos-….token is where the next day begins: each
-- change is in the file of one day, however often a day is run. A file is written under another name and renamed when it is
-- complete. Old files are removed after that.

local args = aluno.args {
    doc = "Exports all students, and what has changed, to files of the day",
    {name = "folder", help = "where the files are"},
    flags = {{name = "keep", kind = "int", default = 7, help = "days whose files are kept"}},
}

local day_s, forgotten_days = 24 * 60 * 60, 400
local all, changed, token_of = "alunos-%s.csv", "mudancas-%s.csv", "alunos-%s.token"
local columns = {
    [all] = {"id", "name", "age", "br_document", "email", "create_time", "update_time"},
    [changed] = {"place", "time", "kind", "student_id", "etag"},
}

--- Returns the file of so many days ago. Uses noon because days may have 23 or 25 hours.
local function file_of(what, days_ago)
    local today = os.date "*t"
    local noon = os.time {year = today.year, month = today.month, day = today.day, hour = 12}
    return args.folder .. "/" .. what:format(os.date("%Y-%m-%d", noon - days_ago * day_s))
end

--- Has write(path) write today's file of that kind -> its result
local function replace(what, write)
    local path = file_of(what, 0)
    local result = write(path .. ".part")
    assert(os.rename(path .. ".part", path))
    return result
end

--- Writes today's CSV: a row for each value of the loop -> how many, and the last: {count =, last =}
local function write_csv(what, next_row)
    local written = {count = 0}
    replace(what, function(path)
        local writer <close> = assert(aluno.csv.create(path, {columns = columns[what], neutralise = true}))
        for row in next_row do
            assert(writer:write(row))
            written = {count = written.count + 1, last = row}
        end
        assert(writer:close())
    end)
    return written
end

local function write_token(token)
    replace(token_of, function(path)
        local file <close> = assert(io.open(path, "w"))
        assert(file:write(token, "\n"))
    end)
end

--- The token of the last day before this one; nil without any.
local function read_token()
    for days_ago = 1, forgotten_days do
        local file <close> = io.open(file_of(token_of, days_ago))
        if file then return file:read "l" end
    end
end

--- Writes the changes since the token -> how many. Without a token, the first time, they begin now.
local function export_changes(client, token)
    if not token then return write_token(client:list {page_size = 1}.watch_token) end
    local written = write_csv(changed, (client:watch {after = token, wait_ms = 0}))
    write_token(written.last and written.last.token or token)
    return written.count
end

--- The same; what is no longer kept, after a week without a run, is left out, and they begin now.
local function export_kept_changes(client)
    local fine, result = pcall(export_changes, client, read_token())
    if fine then return result end
    if not aluno.is_error(result) or result.code ~= "OUT_OF_RANGE" then error(result, 0) end
    aluno.log.warn("changes_lost", {reason = result.reason})
    return export_changes(client)
end

local client <close> = assert(aluno.connect {strict = true})
local students = write_csv(all, client:each {order_by = "id"}).count
local changes = export_kept_changes(client)

-- A missing file, of a day without a run, is not an error. Two tokens stay, so that today can be run again.
for days_ago = math.max(args.keep, 1), forgotten_days do
    os.remove(file_of(all, days_ago))
    os.remove(file_of(changed, days_ago))
end
for days_ago = math.max(args.keep, 3), forgotten_days do
    os.remove(file_of(token_of, days_ago))
end
aluno.log.info("exported", {file = file_of(all, 0), students = students, changes = changes or 0})
