-- Registers the students of a CSV file with the columns nome, idade, cpf and email, with several
-- calls in flight.
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/register_many.lua students.csv --at-once 32
--
-- A refused student is reported with its line; import_csv.lua shows how to keep such rows. The exit code is 0 when all
-- were registered, 8 when some were not.

local args = aluno.args {
    doc = "Registers the students of a CSV file, many at a time",
    {name = "file", help = "with the columns nome, idade, cpf and email"},
    flags = {{name = "at-once", kind = "int", default = 16, help = "calls under way at most"}},
}

local reader <close>, problem = aluno.csv.open(args.file, {header = true})
if not reader then aluno.exit(problem) end

local client <close> = assert(aluno.connect {})
local async = client:async()
local at_once, registered, refused = math.max(args.at_once, 1), 0, 0

local function refuse(line, err)
    refused = refused + 1
    io.stderr:write(("%s:%d: %s\n"):format(args.file, line, err))
end

local function settle(call)
    local student, err = call.future:wait()
    if student then
        registered = registered + 1
    else
        refuse(call.line, err)
    end
end

do
    local progress <close> = aluno.progress()
    local under_way, first, last = {}, 1, 0 -- a queue: when it is full, the oldest is waited for

    local function settle_oldest()
        settle(under_way[first])
        under_way[first], first = nil, first + 1
        progress:advance()
    end

    for line, row, wrong in reader:rows() do
        if row then
            local age = math.tointeger(row.idade) or row.idade
            last = last + 1
            under_way[last] = {
                line = line,
                future = async:create {nome = row.nome, idade = age, cpf = row.cpf, email = row.email},
            }
        else
            refuse(line, wrong)
        end
        if last - first + 1 >= at_once then settle_oldest() end
    end
    while first <= last do
        settle_oldest()
    end
end

io.stderr:write(("%d registered, %d refused\n"):format(registered, refused))
aluno.exit(refused == 0 and 0 or 8)
