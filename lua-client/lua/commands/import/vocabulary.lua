-- The words by which spreadsheets head the columns of a student, besides the contract's names: in lower case, without accents
-- and without the words that mean nothing here ("do", "em").
local aluno = require "aluno"
local lists = require "aluno.lists"
local nearest = require "aluno.nearest"

local vocabulary = {}

local function set_of(words)
    local set = {}
    for word in words:gmatch "%S+" do
        set[word] = true
    end
    return set
end

local fillers = set_of "a o as os e ou de do da dos das em of the s sr me"

--- Whom a column may be said to be of.
local subjects = set_of("aluno aluna alunos alunas estudante estudantes discente discentes educando educanda crianca " ..
    "matriculado student pupil")

--- Words for the data of a relative. As `weak` words, like "social" in "nome social", they count only if no other heading
--- fits the field better.
local relatives = set_of "responsavel responsaveis legal mae pai pais familia guardian parent"

--- A heading names a field when each of its words is one of the field's, or a subject, and one is of `core`.
local words_of_fields = {
    name = {core = set_of "nome nomes name nomecompleto nomealuno nomeestudante", weak = set_of "social",
        also = set_of "completo completa civil sobrenome full"},
    age = {core = set_of "idade idades anos age years", also = set_of "atual completa completos year"},
    br_document = {core = set_of "cpf cpfs cpfaluno cpfestudante cpfmf",
        also = set_of "n no nr num numero number documento doc mf somente so apenas numeros digitos sem com pontos pontuacao"},
    email = {core = set_of "email emails mail correio emailaluno", weak = relatives,
        also = set_of "endereco eletronico contato para pessoal institucional principal escolar address"},
    birth_date = {core = set_of("nascimento nasc nascto nascido nascida dn dnasc dtnasc dtnascimento datanasc datanascimento " ..
        "aniversario birth birthday birthdate dob born"), also = set_of "data dt date dd mm aaaa yyyy"},
}

--- Ways of writing a word that are not one word.
local spellings = {
    {"e[%-_. ]+mail", "email"}, {"%f[%w]c[. ]?p[. ]?f%f[%W]", "cpf"}, {"cadastro de pessoas? fisicas?", "cpf"},
    {"%f[%w]d[. ]n%f[%W]", "dn"},
}

local function words_of(heading)
    local divided = heading:gsub("%c", " "):gsub("(%l)(%u)", "%1 %2") -- DataNascimento
    local folded = aluno.fold(divided) or ""
    for _, spelling in ipairs(spellings) do
        folded = folded:gsub(spelling[1], spelling[2])
    end
    local words = {}
    for word in folded:gmatch "%w+" do
        if not fillers[word] and not word:find "^%d+$" then words[#words + 1] = word end
    end
    return words
end

--- How sure a heading's words name a field -> 2 | 3, where one of them is weak | nil. A subject alone is a name.
local function sureness_of(words, own, is_name)
    local has_core, is_weak = false, false
    for _, word in ipairs(words) do
        local weak = own.weak and own.weak[word]
        if not (own.core[word] or own.also[word] or subjects[word] or weak) then return nil end
        has_core = has_core or own.core[word] or is_name and subjects[word]
        is_weak = is_weak or weak
    end
    return has_core and (is_weak and 3 or 2) or nil
end

--- Normalises a heading, whole.
function vocabulary.key(heading)
    local folded = aluno.fold((heading:gsub("%c", "")))
    return folded and folded:gsub("[^%w]", "") or ""
end

local exact = {}
for _, field in ipairs(aluno.schema.messages.Student.fields) do
    for _, name in ipairs {field.name, field.name_pt, field.label.en, field.label.pt} do
        exact[vocabulary.key(name)] = field
    end
end

local by_name = aluno.schema.messages.Student.by_name

--- The field that a heading names -> field, how sure that is (1: by its own name, 2: by other words, 3: another
--- person's) | nil
function vocabulary.field_of(heading)
    local field = exact[vocabulary.key(heading)]
    if field then return field, 1 end
    local words = words_of(heading)
    for name, own in pairs(words_of_fields) do
        local sureness = sureness_of(words, own, name == "name")
        if sureness then return by_name[name], sureness end
    end
end

--- The field of a name that --coluna gives; nil for none.
function vocabulary.field_named(name)
    local field = vocabulary.field_of(name)
    return field and field.presence ~= "output" and field or nil
end

local stems = {
    name = {"nom", "alun", "estud", "discent", "student", "name"},
    age = {"idad", "nasc", "age", "birth", "anos"},
    br_document = {"cpf", "docum"},
    email = {"mail", "correio", "contat"},
}
local others = {"mae", "pai", "resp", "mother", "father", "parent", "guardian", "escola", "turma"}

local function holds_any(text, list)
    return lists.any(list, function(each) return text:find(each, 1, true) end)
end

--- The headings of a list that may mean the field, though they do not say so.
function vocabulary.suggest(field, headings)
    return lists.map(headings, function(heading)
        local key = vocabulary.key(heading)
        return holds_any(key, stems[field.name] or {vocabulary.key(field.name_pt)}) and not holds_any(key, others) and
            heading
    end)
end

--- The heading of a list that is nearest to a normalised one | nil
function vocabulary.nearest(key, headings)
    local heading_of = {}
    for _, heading in ipairs(headings) do
        local own = vocabulary.key(heading)
        heading_of[own] = heading_of[own] or heading
    end
    return heading_of[nearest.find(key, lists.keys(heading_of), 1)[1]]
end

return vocabulary
