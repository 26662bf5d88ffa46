-- Registers one student and prints the id it was given:
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/register.lua \
--       "Ana Lima" 20 529.982.247-25 ana@example.com
--
-- The address and the certificates come from the program's options or from ALUNO_SERVER, ALUNO_CA …

local args = aluno.args {
    doc = "Registers one student and prints the id it was given",
    {name = "name", help = "the student's name"},
    {name = "age", kind = "int", help = "in years"},
    {name = "cpf", help = "with or without dots and dash"},
    {name = "email", help = "the student's e-mail"},
}

local client <close> = assert(aluno.connect {})
local student, err, metadata = client:create {name = args.name, age = args.age, cpf = args.cpf, email = args.email}
if not student then aluno.exit(err) end

for _, warning in ipairs(metadata.warnings) do
    io.stderr:write("warning: ", warning.message, "\n")
end
print(student.id)
