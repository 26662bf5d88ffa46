-- Which student a person means: an id, a CPF, or words of the name. Of several students the person chooses one by its
-- number in a list.
local aluno = require "aluno"
local errors = require "client.errors"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"
local session = require "client.session"
local within = require "client.within"

local who = {}

local shown_most = 20
local longest_id = 7 -- digits; more of them are a CPF that lacks some

local text = language.of {
    pt = {
        nobody = "não há um aluno com '%s'",
        nobody_removed = "não há um aluno removido com '%s'",
        several = "São %d alunos:",
        choose = "> Qual deles? (número; Enter desiste): ",
        no_such = "Escolha um número de 1 a %d",
        be_exact = "há %d alunos com '%s'",
        be_exact_remedy = "dê o CPF, o id ou mais do nome",
    },
    en = {
        nobody = "there is no student with '%s'",
        nobody_removed = "there is no removed student with '%s'",
        several = "There are %d students:",
        choose = "> Which one? (number; Enter gives up): ",
        no_such = "Choose a number from 1 to %d",
        be_exact = "there are %d students with '%s'",
        be_exact_remedy = "give the CPF, the id or more of the name",
    },
}

--- Returns whether text has words of a name or an e-mail, and not only digits.
local function has_letters(typed)
    return typed:find "[%a\128-\255@]" ~= nil
end

--- The key that a text is by itself -> {id =} | {br_document =} | nil when it is to be searched, as part of a CPF for a person
--- at the terminal. Whether a CPF is valid is left to the contract.
function who.key(typed, interactive)
    if has_letters(typed) or interactive and within.cpf_part(typed) then return nil end
    local digits = typed:match "^%s*#?(%d+)%s*$"
    if digits and #digits <= longest_id then return {id = math.tointeger(tonumber(digits))} end
    return {br_document = typed}
end

--- Searches students -> students, how many there are | nil, error. `removed`: only removed ones.
local function search(typed, removed)
    local reply, err = session.call(schema.method "list", {
        query = typed, order_by = "name", show_deleted = removed or nil, page_size = removed and 100 or shown_most,
    })
    if not reply then return nil, err end
    local students = reply.students or {}
    if not removed then return students, reply.total_size or #students end
    students = lists.map(students, function(student) return student.delete_time and student end)
    return students, #students
end

local choice = {{name = "n", name_pt = "n", kind = "int"}}

local function show(students, total, io)
    local columns = lists.map(lists.join(choice, schema.columns "Student"), function(field)
        return field.name ~= "id" and field
    end)
    local rows = {}
    for i, student in ipairs(students) do
        rows[i] = lists.copy(student, {n = i})
    end
    io.say(text.several:format(total))
    for _, line in ipairs(grid.lines(columns, rows)) do
        io.say(line)
    end
end

local function not_found(typed, removed)
    local message = (removed and text.nobody_removed or text.nobody):format(typed)
    return errors.new("STUDENT_NOT_FOUND", message, "")
end

--- Asks which one of them -> student | nil, "end", "interrupt" or "dropped"
local function choose(students, total, io)
    show(students, total, io)
    while true do
        local answer, why = io.read(text.choose, true)
        if not answer then return nil, why end
        answer = answer:match "^%s*(.-)%s*$"
        if answer == "" then return nil, "dropped" end
        local number = math.tointeger(tonumber(answer))
        if number and students[number] then return students[number] end
        io.say(text.no_such:format(#students))
    end
end

--- Finds whom a text means -> {id =} or {br_document =} | nil, error | nil, nil, "end", "interrupt" or "dropped" when nobody
--- was chosen. `removed`: among the removed ones, whose key is always the id.
function who.find(typed, io, removed)
    local key = who.key(typed, io.interactive)
    local part = not key and within.cpf_part(typed)
    if key and (key.id or not removed) then return key end
    if key then
        local digits, err = aluno.cpf.parse(typed)
        if not digits then return nil, err end
        typed = digits
    end
    local students, total = search(part or typed, removed)
    local anywhere = io.interactive and within.query(typed)
    if students and #students == 0 and anywhere then students, total = search(anywhere, removed) end
    if not students then return nil, total end
    if part and #students == 0 then return {br_document = typed} end
    if #students == 0 then return nil, not_found(typed, removed) end
    if #students == 1 and total == 1 then return {id = students[1].id} end
    if not io.interactive then
        return nil, errors.new("ARGUMENT_INVALID", text.be_exact:format(total, typed), text.be_exact_remedy)
    end
    local student, why = choose(students, total, io)
    return student and {id = student.id}, nil, why
end

return who
