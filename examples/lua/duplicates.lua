-- Finds students who may be registered twice: those of the same name, whatever its case and accents, and the same age;
-- and those whose CPFs differ by two swapped neighbouring digits, a common typing error.
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/duplicates.lua
--
-- The exit code is 0 when there are none, 1 when there are some.

aluno.args {doc = "Finds students who may be registered twice"}

local client <close> = assert(aluno.connect {strict = true})

local found = 0

local function report(why, one, other)
    found = found + 1
    print(("%s: %d %s, %d %s"):format(why, one.id, one.name, other.id, other.name))
end

--- Returns the CPFs made by swapping two neighbouring digits of this one.
local function swaps(cpf)
    local list = {}
    for i = 1, #cpf - 1 do
        local before, a, b, after = cpf:sub(1, i - 1), cpf:sub(i, i), cpf:sub(i + 1, i + 1), cpf:sub(i + 2)
        if a ~= b then list[#list + 1] = before .. b .. a .. after end
    end
    return list
end

-- Each student is compared with the earlier ones.
local by_name, by_cpf = {}, {}
for student in client:each {order_by = "id"} do
    local name = aluno.fold(student.name) .. " " .. student.age
    if by_name[name] then report("same name and age", by_name[name], student) end
    for _, cpf in ipairs(swaps(student.br_document)) do
        if by_cpf[cpf] then report("CPFs a swap apart", by_cpf[cpf], student) end
    end
    by_name[name], by_cpf[student.br_document] = by_name[name] or student, student
end

io.stderr:write(("%d suspects\n"):format(found))
aluno.exit(found == 0 and 0 or 1)
