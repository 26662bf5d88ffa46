-- The ages of the students: a line and a bar for each span of years, then the average.
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/report.lua --span 5

local args = aluno.args {
    doc = "Tells how old the students are",
    flags = {{name = "span", kind = "int", default = 5, help = "years in a line"}},
}
local span = math.max(args.span, 1)

local client <close> = assert(aluno.connect {})

-- `each` asks for page after page; only the counts stay in memory.
local count, years, highest, in_span = 0, 0, 0, {}
for student in client:each {} do
    local slot = student.age // span
    in_span[slot] = (in_span[slot] or 0) + 1
    count, years, highest = count + 1, years + student.age, math.max(highest, slot)
end
if count == 0 then
    print "no students"
    return
end

local most = 0
for _, number in pairs(in_span) do
    most = math.max(most, number)
end
for slot = 0, highest do
    local number = in_span[slot] or 0
    local line = ("%3d-%-3d %6d %s"):format(slot * span, slot * span + span - 1, number, ("#"):rep(number * 50 // most))
    print((line:gsub(" +$", "")))
end
print(("%d students, %.1f years on average"):format(count, years / count))
