-- Exports all students to a file of the day, alunos-2026-03-01.csv, and keeps those of the last days. For cron:
--
--   0 3 * * *  umask 077; aluno --ca ca.crt --cert ana.crt --key ana.key nightly_export.lua /var/backups --keep 14
--
-- The file is written under another name and renamed when it is complete. Old files are removed after that.

local args = aluno.args {
    doc = "Exports all students to a file of the day",
    {name = "folder", help = "where the files are"},
    flags = {{name = "keep", kind = "int", default = 7, help = "days whose files are kept"}},
}

local day_s, forgotten_days = 24 * 60 * 60, 400
local columns = {"id", "name", "age", "br_document", "email", "create_time", "update_time"}

--- Returns the file of so many days ago. Uses noon because days may have 23 or 25 hours.
local function file_of(days_ago)
    local today = os.date "*t"
    local noon = os.time {year = today.year, month = today.month, day = today.day, hour = 12}
    return ("%s/alunos-%s.csv"):format(args.folder, os.date("%Y-%m-%d", noon - days_ago * day_s))
end

--- Writes all students -> how many | nil, problem
local function export(path)
    local client <close> = assert(aluno.connect {strict = true})
    local writer <close>, problem = aluno.csv.create(path, {columns = columns, neutralise = true})
    if not writer then return nil, problem end
    local count = 0
    for student in client:each {order_by = "id"} do
        assert(writer:write(student))
        count = count + 1
    end
    assert(writer:close())
    return count
end

local path = file_of(0)
local count, problem = export(path .. ".part")
if not count then aluno.exit(problem) end
assert(os.rename(path .. ".part", path))

-- A missing file, of a day without a run, is not an error.
for days_ago = math.max(args.keep, 1), forgotten_days do
    os.remove(file_of(days_ago))
end
aluno.log.info("exported", {file = path, students = count})
