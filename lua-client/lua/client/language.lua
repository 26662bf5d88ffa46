-- The client's texts, in Portuguese and English. Texts of fields, methods and reasons come from the contract.
local aluno = require "aluno"

local texts = {
    banner = {
        pt = "aluno %s: ajuda mostra os comandos, sair termina.",
        en = "aluno %s: help shows the commands, quit ends.",
    },
    sent = {pt = "mensagem enviada:  ", en = "message sent:  "},
    not_whole = {pt = "O valor deve ser um número inteiro", en = "The value must be a whole number"},
    not_search = {
        pt = "A busca aceita palavras do nome ou *meio de uma palavra, um CPF ou 3 a 10 dígitos dele, um e-mail inteiro, "
            .. "ou idade>=16 (e <=, =, >, <)",
        en = "A search takes words of the name or *inside of a word, a CPF or 3 to 10 of its digits, a whole e-mail, "
            .. "or age>=16 (and <=, =, >, <)",
    },
    not_bool = {pt = "Responda sim ou não", en = "Answer yes or no"},
    connection = {pt = "Problema na conexão: ", en = "Connection problem: "},
    warning = {pt = "Aviso: ", en = "Warning: "},
    row = {pt = "linha %d, ", en = "row %d, "},
    validated = {pt = "Apenas validado: nada foi gravado", en = "Only validated: nothing was stored"},
    abandoned = {pt = "O formulário terminou antes da última resposta", en = "The form ended before its last answer"},
    interrupted = {pt = "Interrompido", en = "Interrupted"},
    unclosed_quote = {pt = "falta fechar aspas", en = "a quote is not closed"},
}

-- The words and the capitals of the first forms, as they have always been; so are the labels of the contract.
local titles = {
    CreateStudent = {pt = "Criação de aluno", en = "Student creation"},
    UpdateStudent = {pt = "Atualização de aluno", en = "Student update"},
    ListStudents = {pt = "listagem de aluno", en = "student listing"},
    DeleteStudent = {pt = "remoção de aluno", en = "student removal"},
    GetStudent = {pt = "consulta de aluno", en = "student query"},
    EraseStudent = {pt = "eliminação de aluno", en = "student erasure"},
    UndeleteStudent = {pt = "restauração de aluno", en = "student restoration"},
    RevealStudent = {pt = "consulta de dados pessoais", en = "query of personal data"},
    GetOperation = {pt = "consulta de operação", en = "operation query"},
    CancelOperation = {pt = "cancelamento de operação", en = "operation cancellation"},
}

--- Returns the texts of a table of {pt = …, en = …} in the user's language.
local function choose(texts_of_both)
    local chosen = {}
    for key, both in pairs(texts_of_both) do
        chosen[key] = both[aluno.language]
    end
    return chosen
end

local language = choose(texts)
language.choose = choose

--- The titles of forms, by the methods' short names.
language.titles = choose(titles)

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
