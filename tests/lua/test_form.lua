-- Guided forms: their words, what they ask again, what an empty answer means, and how they are left.
local check = dofile(arg[0]:match ".*/" .. "check.lua")
local form = require "aluno.form"

--- Fills in a method's form -> the transcript, the request, why there is none. `answers` may end with a word
--- that says how reading ended.
local function fill(verb, answers)
    local transcript, at = {}, 0
    local request, why = form.fill(check.method(verb), {
        say = function(text) transcript[#transcript + 1] = text end,
        read = function(prompt)
            at = at + 1
            if not answers[at] then return nil, answers.ending or "end" end
            transcript[#transcript + 1] = prompt .. answers[at]
            return answers[at]
        end,
    })
    return table.concat(transcript, "\n"), request, why
end

local transcript, request = fill("criar", {"aluno teste", "16", "123.123.123-13", "email@email.com"})
check.same("criar, word for word", transcript, [[
===Criação de aluno===
> Nome do aluno: aluno teste
> Idade do aluno: 16
> CPF do aluno: 123.123.123-13
> e-mail do aluno: email@email.com]])
check.same("criar, the request", request,
    {student = {name = "aluno teste", age = 16, br_document = "12312312313", email = "email@email.com"}})

transcript, request = fill("criar",
    {"", "João", "dezesseis", "16.5", "", " 16 ", "123", "52998224725", "x", "j@x.org"})
check.same("bad answers are told and asked again", (transcript:gsub(" %(%d+%)", "")), ([[
===Criação de aluno===
> Nome do aluno:_
o nome está vazio
> Nome do aluno: João
> Idade do aluno: dezesseis
O valor deve ser um número inteiro
> Idade do aluno: 16.5
O valor deve ser um número inteiro
> Idade do aluno:_
O valor deve ser um número inteiro
> Idade do aluno:  16_
> CPF do aluno: 123
o CPF deve ter 11 dígitos
> CPF do aluno: 52998224725
> e-mail do aluno: x
o endereço de e-mail não é válido
> e-mail do aluno: j@x.org]]):gsub("_", " "))
check.same("the answers that were good", request.student.age, 16)

transcript, request = fill("atualizar", {"529.982.247-25", "", "17", ""})
check.same("atualizar, word for word", transcript, ([[
===Atualização de aluno===
> CPF do aluno: 529.982.247-25
> Nome do aluno:_
> Idade do aluno: 17
> e-mail do aluno:_]]):gsub("_", " "))
check.same("an empty answer keeps the value", request, {br_document = "52998224725", student = {age = 17}})

transcript, request = fill("listar", {"0", "101", ""})
check.same("listar, word for word", (transcript:gsub("o número[^\n]*", "fora")), [[
===listagem de aluno===
> Quantidade de alunos (max: 100): 0
fora
> Quantidade de alunos (max: 100): 101
fora
> Quantidade de alunos (max: 100): ]])
check.same("an empty answer lists all", request, {})

transcript, request = fill("deletar", {"", "52998224725"})
check.same("deletar, word for word", (transcript:gsub(" %(%d+%)", "")), ([[
===remoção de aluno===
> CPF do aluno:_
o CPF deve ter 11 dígitos
> CPF do aluno: 52998224725]]):gsub("_", " "))
check.same("deletar, the request", request, {br_document = "52998224725"})

check.same("input that ends", {select(2, fill("criar", {"Ana"}))}, {nil, "end"})
check.same("a form abandoned", {select(2, fill("criar", {"Ana", ending = "interrupt"}))}, {nil, "interrupt"})
check.same("no form without questions", form.exists(check.method "saude"), false)
