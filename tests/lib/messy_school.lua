-- Writes 60 pupils as another school's spreadsheet has them: a title, headings of its own, dates of birth in place of ages,
-- CPFs that lost their zeros, a total below. Three rows are faulty: those of the pupils 17, 33 and 48.
local first = {"João", "Conceição", "Luís", "Antônia", "José", "Márcia", "Caio", "Inês", "Débora", "André"}
local last = {"da Silva", "Gonçalves", "Araújo", "Magalhães", "D'Ávila", "Simões"}

--- A CPF that begins with zeros, as a spreadsheet's number.
local function shortened(number)
    local nine = ("0%08d"):format(1234567 * number)
    local right, digits = aluno.cpf.check(nine .. "00")
    return ((nine .. (right and "00" or digits)):gsub("^0+", ""))
end

local function cpf_of(number)
    local cpf = aluno.cpf.generate(40 + number)
    if number == 17 then return "" end
    if number == 48 then return "6,10941705E+10" end
    if number % 7 == 0 then return shortened(number) end
    if number % 5 == 0 then return aluno.cpf.format(cpf) end
    return number % 11 == 0 and cpf .. "\u{A0}" or cpf
end

local function birth_of(number)
    local year, month, day = 2009 + number % 6, 1 + number % 12, 1 + number % 28
    if number == 33 then return "31/02/2012" end
    if number % 9 == 0 then return ("%d-%02d-%02d"):format(year, month, day) end
    if number % 10 == 0 then return ("%d/%d/%02d"):format(day, month, year % 100) end
    return ("%02d/%02d/%d"):format(day, month, year)
end

local lines = {
    "Escola Estadual Conceição Evaristo;;;;;;;", "Relação de alunos, 2026;;;;;;;", ";;;;;;;",
    "Nº;Aluno(a);Turma;Data de nascimento;CPF do aluno;Telefone;E-mail do responsável;Situação",
}
for number = 1, 60 do
    local name = ("%s %s %s."):format(first[number % 10 + 1], last[number % 6 + 1], string.char(65 + number % 26))
    lines[#lines + 1] = table.concat({number, number % 13 == 0 and "  " .. name .. "  " or name, "7º B", birth_of(number),
        cpf_of(number), "(11) 98765-" .. 4000 + number, ("resp%d@example.com"):format(number), "Matriculado"}, ";")
end
lines[#lines + 1] = "Total: 60;;;;;;;"
io.write(table.concat(lines, "\n"), "\n")
