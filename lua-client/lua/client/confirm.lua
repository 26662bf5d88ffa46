-- Questions that are answered by yes or no.
local grid = require "client.grid"
local language = require "client.language"
local schema = require "client.schema"

local confirm = {}

local text = language.of {
    pt = {
        [true] = "(sim/não) [sim]: ",
        [false] = "(sim/não) [não]: ",
        delete = "Remover este aluno?",
        declined = "Nada foi enviado",
    },
    en = {
        [true] = "(yes/no) [yes]: ",
        [false] = "(yes/no) [no]: ",
        delete = "Remove this student?",
        declined = "Nothing was sent",
    },
}

--- Answers that leave, as those of a form do: they are a no.
local leaving = {sair = true, cancelar = true, quit = true, exit = true, cancel = true}

--- Asks yes or no; an empty answer is `default` -> boolean | nil, "end" | nil, "interrupt". `others` are further answers,
--- which are returned as they are: nil, the answer's value in that table.
function confirm.ask(io, question, default, others)
    while true do
        local answer, why = io.read(("> %s %s"):format(question, text[default]), true)
        if not answer then return nil, why end
        answer = answer:match "^%s*(.-)%s*$"
        if answer == "" then return default end
        local other = others and others[answer:lower()]
        if other then return nil, other end
        local agreed = language.yes_or_no(answer)
        if leaving[answer:lower()] then agreed = false end
        if agreed ~= nil then return agreed end
        io.say(language.not_bool)
    end
end

--- The same, before something is sent: a refusal is confirmed.
function confirm.sending(io, question, default, others)
    local agreed, why = confirm.ask(io, question, default, others)
    if agreed == false then io.say(text.declined) end
    return agreed, why
end

--- Shows students.
function confirm.show(io, students)
    for _, line in ipairs(grid.lines(schema.columns "Student", students)) do
        io.say(line)
    end
end

--- Shows a student who is about to be removed, and asks.
function confirm.removal(io, student)
    confirm.show(io, {student})
    return confirm.sending(io, text.delete, false)
end

return confirm
