-- Registers one student and prints the id it was given:
--
--   aluno --ca ca.crt --cert ana.crt --key ana.key examples/lua/register.lua \
--       "Ana Lima" 20 529.982.247-25 ana@example.com

local name, age, cpf, email = ...
if not email then
    io.stderr:write("usage: aluno register.lua NAME AGE CPF EMAIL\n")
    os.exit(2)
end

-- Where and as whom to connect comes from the program's options or from ALUNO_SERVER, ALUNO_CA …
local client <close> = assert(aluno.connect {})

-- An age that is no number stays text, and the answer says so: nothing is guessed.
local student, err, beside = client:create {name = name, age = math.tointeger(age) or age, cpf = cpf, email = email}
if not student then
    io.stderr:write(tostring(err), "\n")
    os.exit(1, true)
end

for _, warning in ipairs(beside.warnings) do
    io.stderr:write("warning: ", warning.message, "\n")
end
print(student.id)
