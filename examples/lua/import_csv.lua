-- Imports students from a CSV file with the columns nome;idade;cpf;email, in any order and named by its first line:
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/import_csv.lua students.csv
--
-- A row that is refused is told on stderr, with its line and why, and the rest goes on; so a corrected file can be
-- imported again: who is registered already is only told. The exit code is 0 when every row was registered,
-- 1 when some were not, 2 when the file cannot be read.

local known = {nome = true, idade = true, cpf = true, email = true}

local function complain(...)
    io.stderr:write(string.format(...), "\n")
end

--- The fields of a line; a field in "quotes" may hold semicolons, and a quote doubled.
local function split(line)
    local fields, at = {}, 1
    while true do
        local quoted, after = line:match('^"(.-)"()%f[;\0]', at)
        if quoted then
            fields[#fields + 1] = quoted:gsub('""', '"')
        else
            quoted, after = line:match("^([^;]*)()", at)
            fields[#fields + 1] = quoted:match "^%s*(.-)%s*$"
        end
        if after > #line then return fields end
        at = after + 1
    end
end

--- The columns' names, from the first line (which spreadsheets begin with a byte order mark).
local function read_header(line)
    local columns = split(line:gsub("^\u{FEFF}", ""):lower())
    for _, column in ipairs(columns) do
        if not known[column] then return nil, ("there is no column '%s': nome;idade;cpf;email"):format(column) end
    end
    return columns
end

local function student_of(columns, fields)
    local student = {}
    for i, column in ipairs(columns) do
        if fields[i] ~= "" then student[column] = fields[i] end
    end
    student.idade = math.tointeger(student.idade) or student.idade
    return student
end

--- Registers one student. When the reply was lost, the same request id asks again: whatever happened to the first
--- attempt, the student is registered once.
local function register(client, student)
    local reply, err = client:create(student)
    if not reply and (err.reason == "CONNECTION_LOST" or err.code == "DEADLINE_EXCEEDED") then
        reply, err = client:create(student, {request_id = err.request_id})
    end
    return reply, err
end

if not arg[1] then
    complain("usage: aluno import_csv.lua FILE")
    os.exit(2)
end
local file, problem = io.open(arg[1])
if not file then
    complain("%s", problem)
    os.exit(2)
end
local columns, wrong = read_header((file:read "l" or ""):gsub("\r$", ""))
if not columns then
    complain("%s:1: %s", arg[1], wrong)
    os.exit(2)
end

local client <close> = assert(aluno.connect {})
local number, registered, refused = 1, 0, 0
for line in file:lines() do
    number = number + 1
    line = line:gsub("\r$", "")
    if line:find "%S" then
        local reply, err = register(client, student_of(columns, split(line)))
        if reply then
            registered = registered + 1
        else
            refused = refused + 1
            complain("%s:%d: %s", arg[1], number, err)
            -- Without the service, or the right to it, the rows that follow would fail alike.
            if err.code == "UNAVAILABLE" or err.code == "UNAUTHENTICATED" or err.code == "PERMISSION_DENIED" then
                break
            end
        end
    end
end
file:close()
complain("%d registered, %d refused", registered, refused)
os.exit(refused == 0, true)
