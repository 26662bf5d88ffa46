-- The client's texts, in Portuguese and English. Texts of fields, methods and reasons come from the contract.
local aluno = require "aluno"

local texts = {
    pt = {
        banner = "aluno %s: ajuda mostra os comandos, sair termina.",
        -- The words and the capitals of the first forms, as they have always been; so are the labels of the contract.
        titles = {
            CreateStudent = "Criação de aluno",
            UpdateStudent = "Atualização de aluno",
            ListStudents = "listagem de aluno",
            DeleteStudent = "remoção de aluno",
            GetStudent = "consulta de aluno",
            UndeleteStudent = "restauração de aluno",
            GetOperation = "consulta de operação",
        },
        sent = "mensagem enviada:  ",
        not_whole = "O valor deve ser um número inteiro",
        not_bool = "Responda sim ou não",
        connection = "Problema na conexão: ",
        warning = "Aviso: ",
        row = "linha %d, ",
        validated = "Apenas validado: nada foi gravado",
        abandoned = "O formulário terminou antes da última resposta",
        interrupted = "Interrompido",
        unclosed_quote = "falta fechar aspas",
        unknown_word = "%s não é um comando nem tem valor em Lua%s (veja: ajuda)",
    },
    en = {
        banner = "aluno %s: help shows the commands, quit ends.",
        titles = {
            CreateStudent = "Student creation",
            UpdateStudent = "Student update",
            ListStudents = "student listing",
            DeleteStudent = "student removal",
            GetStudent = "student query",
            UndeleteStudent = "student restoration",
            GetOperation = "operation query",
        },
        sent = "message sent:  ",
        not_whole = "The value must be a whole number",
        not_bool = "Answer yes or no",
        connection = "Connection problem: ",
        warning = "Warning: ",
        row = "row %d, ",
        validated = "Only validated: nothing was stored",
        abandoned = "The form ended before its last answer",
        interrupted = "Interrupted",
        unclosed_quote = "a quote is not closed",
        unknown_word = "%s is neither a command nor a value in Lua%s (see: help)",
    },
}

local language = texts[aluno.language]

--- "pt" or "en": the index into the contract's texts.
language.name = aluno.language

--- One of two texts, or tables of texts, by the user's language: language.of {pt = …, en = …}.
function language.of(both)
    return both[aluno.language]
end

local yes = {sim = true, s = true, yes = true, y = true, ["true"] = true}
local no = {["não"] = true, ["NÃO"] = true, nao = true, n = true, no = true, ["false"] = true}

--- Parses a yes or no of either language, in any case -> boolean | nil
function language.yes_or_no(answer)
    if yes[answer:lower()] then return true end
    if no[answer] or no[answer:lower()] then return false end
end

--- Returns the name of a field in the user's language.
function language.field(field)
    return aluno.language == "pt" and field.name_pt or field.name
end

return language
