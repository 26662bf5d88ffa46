-- A file of made-up students as Excel in Brazil saves it, one row in a hundred faulty, and what an import of it is to
-- come to:
--
--   aluno made_students.lua ROWS FILE FAULTS STUDENTS
--
-- FILE is CSV with ; and CRLF in Windows-1252. FAULTS gets a line "LINE REASON" for each faulty row; STUDENTS a line of
-- CSV for each of the others, with the columns of --campos cpf,nome,idade,email.
local rows, path, faults_path, students_path = math.tointeger(tonumber(arg[1])), arg[2], arg[3], arg[4]

local names = {"João", "D'Ávila", "Conceição", "\"Zé\" da Silva", "Souza; Ana", "Íris", "Ângela Müller", "Ação"}

local file <close> = assert(io.open(path, "wb"))
local faults <close> = assert(io.open(faults_path, "wb"))
local students <close> = assert(io.open(students_path, "wb"))
local expected = assert(aluno.csv.writer(students))

--- Latin-1 is Windows-1252 where these names have letters.
local function encode(text)
    return (text:gsub(utf8.charpattern, function(character) return string.char(utf8.codepoint(character)) end))
end

local function quote(text)
    return text:find '[;"]' and '"' .. text:gsub('"', '""') .. '"' or text
end

local function write(...)
    file:write(encode(table.concat({...}, ";")), "\r\n")
end

--- Each writes a faulty row in the place of student i -> its reason.
local kinds = {
    function(_, cpf) write("Ana", "20", cpf, "ana.example.com") return "EMAIL_SYNTAX" end,
    function(_, cpf) write("Ana", "200", cpf, "ana@example.com") return "AGE_RANGE" end,
    function(_, cpf) write("", "20", cpf, "ana@example.com") return "FIELD_REQUIRED" end,
    function() write("Ana", "20", "111.111.111-11", "ana@example.com") return "CPF_REPEATED_DIGITS" end,
    function(i) write("Ana", "20", aluno.cpf.generate(i - 1), "ana@example.com") return "CPF_TAKEN" end,
    function(_, cpf) write("Ana", "vinte", cpf, "ana@example.com") return "FIELD_KIND" end,
    function(_, cpf) write("Ana", "20", cpf:sub(1, 9), "ana@example.com") return "CPF_LENGTH" end,
    function(_, cpf) write("Souza", " Ana", "20", cpf, "ana@example.com") return "CSV_COLUMNS" end,
    function(_, cpf) write("12345", "20", cpf, "ana@example.com") return "NAME_NUMBER" end,
    function(_, cpf) write('"Ana', "20", cpf, "ana@example.com") return "CSV_QUOTE" end,
}

write("Nome do Aluno", "IDADE", "C.P.F.", "E-mail")
for i = 1, rows do
    local cpf = aluno.cpf.generate(i)
    if i % 100 == 50 then
        faults:write(i + 1, " ", kinds[i // 100 % #kinds + 1](i, cpf), "\n")
    else
        local name, age, email = names[i % #names + 1] .. " de Sá " .. i .. "º", i % 100, ("a%d@example.com"):format(i)
        write(quote(name), tostring(age), i % 2 == 0 and aluno.cpf.format(cpf) or cpf, email)
        assert(expected:write {cpf, name, age, email})
    end
end
