-- Imports students from a CSV file with the columns nome, idade, cpf and email, in any order and named by its first
-- line, as spreadsheets write it:
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/import_csv.lua students.csv
--
-- Refused rows go to another file with the reason, and the import continues. After correction that file can be imported
-- too. The exit code is 0 when every row was registered, 8 when some were not, 2 when the file cannot be
-- read, and that of the error when the service cannot be used.

local columns = {"nome", "idade", "cpf", "email"}

local args = aluno.args {
    doc = "Imports students from a CSV file",
    {name = "file", help = "with the columns nome, idade, cpf and email"},
    flags = {{name = "rejects", default = "rejects.csv", help = "where refused rows go"}},
}

--- Whether the file has the columns that a student needs.
local function check_columns(reader)
    local has = {}
    for _, column in ipairs(reader.columns) do
        has[column] = true
    end
    for _, column in ipairs(columns) do
        if not has[column] then
            io.stderr:write(("%s: there is no column '%s'\n"):format(args.file, column))
            aluno.exit(2)
        end
    end
end

--- Registers one student. When the reply is lost, it retries with the same request id, so that the student is
--- registered once.
local function register(client, row)
    local student = {nome = row.nome, idade = math.tointeger(row.idade) or row.idade, cpf = row.cpf, email = row.email}
    local reply, err = client:create(student)
    if not reply and (err.reason == "CONNECTION_LOST" or err.code == "DEADLINE_EXCEEDED") then
        reply, err = client:create(student, {request_id = err.request_id})
    end
    return reply, err
end

-- If the service is unreachable or permission is denied, all later rows would fail too.
local hopeless = {UNAVAILABLE = true, DEADLINE_EXCEEDED = true, UNAUTHENTICATED = true, PERMISSION_DENIED = true}

local reader <close>, problem = aluno.csv.open(args.file, {header = true})
if not reader then aluno.exit(problem) end
check_columns(reader)

local client <close> = assert(aluno.connect {})
local rejects, registered, refused = nil, 0, 0

local function reject(line, row, err)
    refused = refused + 1
    rejects = rejects or assert(aluno.csv.create(args.rejects, {
        excel = true,
        columns = {"linha", "motivo", table.unpack(columns)},
    }))
    row = row or {}
    assert(rejects:write {
        linha = line, motivo = tostring(err), nome = row.nome, idade = row.idade, cpf = row.cpf, email = row.email,
    })
end

do
    local progress <close> = aluno.progress()
    for line, row, wrong in reader:rows() do
        local reply, err
        if row then reply, err = register(client, row) end
        if reply then
            registered = registered + 1
        elseif err and hopeless[err.code] then
            io.stderr:write(("%s:%d: not imported from here on\n"):format(args.file, line))
            aluno.exit(err)
        else
            reject(line, row, err or wrong)
        end
        progress:advance()
    end
end

if rejects then assert(rejects:close()) end
io.stderr:write(("%d registered, %d refused\n"):format(registered, refused))
aluno.exit(refused == 0 and 0 or 8)
