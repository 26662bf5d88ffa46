-- The enrolment list: the students of each age, by name.
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/enrolment.lua --from 6 --to 10

local args = aluno.args {
    doc = "Lists the students by age",
    flags = {
        {name = "from", kind = "int", default = 0, help = "the youngest"},
        {name = "to", kind = "int", default = 150, help = "the oldest"},
    },
}

local client <close> = assert(aluno.connect {strict = true})

--- Compares names, ignoring case and accents.
local function by_name(a, b)
    return aluno.fold(a.name) < aluno.fold(b.name)
end

local function print_class(age, students)
    table.sort(students, by_name)
    print(("%d years: %d"):format(age, #students))
    for _, student in ipairs(students) do
        print(("  %6d  %s"):format(student.id, student.name))
    end
end

-- They are listed by age, so that only one age is in memory.
local class, age = {}, nil
for student in client:each {query = ("age>=%d age<=%d"):format(args.from, args.to), order_by = "age"} do
    if age and student.age ~= age then
        print_class(age, class)
        class = {}
    end
    age = student.age
    class[#class + 1] = student
end
if age then print_class(age, class) end
