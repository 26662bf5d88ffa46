-- The words by which spreadsheets head the columns of a student, beside the contract's names: by them in one word, in
-- lower case, without accents and without the words that mean nothing here ("do", "nº").
local aluno = require "aluno"
local lists = require "aluno.lists"
local nearest = require "aluno.nearest"

local vocabulary = {}

local fillers = {}
for word in ("a o as os e de do da dos das em n no nr num numero of the s sr me"):gmatch "%S+" do
    fillers[word] = true
end

local synonyms = {
    name = "nome nomealuno aluno aluna alunos nomecompleto nomecompletoaluno alunonome estudante nomeestudante " ..
        "discente nomediscente nomealuna nomealunos nomecivil student name studentname fullname studentfullname pupil",
    age = "idade idadeanos anos idadealuno idadecompleta age ageyears years studentage",
    br_document = "cpf cpfaluno alunocpf cpfestudante cpfmf documentocpf cpfdocumento doccpf cpfaluna cpfsomentenumeros " ..
        "cpfsonumeros studentcpf",
    email = "email emailaluno alunoemail emailestudante correioeletronico enderecoemail emailcontato emailparacontato " ..
        "contatoemail emailpessoal emailinstitucional emailaluna mail studentemail emailaddress",
    birth_date = "datanascimento nascimento datanasc dtnasc dtnascimento dnasc nasc dn datanascimentoaluno datebirth " ..
        "birthdate dob birthday born nascidoem dataaniversario",
}

-- What is another person's, but may serve: only where nothing better does.
local weak = {
    email = "emailresponsavel emailresponsavellegal emailmae emailpai emailfamilia emailpais responsavelemail " ..
        "emailresponsaveis guardianemail parentemail",
}

local function words_of(heading)
    local folded = aluno.fold((heading:gsub("%c", " "))) or ""
    folded = folded:gsub("e[%-_. ]+mail", "email"):gsub("c%.?p%.?f%f[%W]", "cpf")
    local words = {}
    for word in folded:gmatch "%w+" do
        if not fillers[word] and not word:find "^%d+$" then words[#words + 1] = word end
    end
    return words
end

local function index(lists_of_words)
    local field_of = {}
    for name, words in pairs(lists_of_words) do
        for word in words:gmatch "%S+" do
            field_of[word] = name
        end
    end
    return field_of
end

local strong_index, weak_index = index(synonyms), index(weak)

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

--- The field that a heading names -> field, how sure that is (1: by its own name, 2: by another word, 3: another
--- person's) | nil
function vocabulary.field_of(heading)
    local field = exact[vocabulary.key(heading)]
    if field then return field, 1 end
    local word = table.concat(words_of(heading))
    field = by_name[strong_index[word]]
    if field then return field, 2 end
    field = by_name[weak_index[word]]
    if field then return field, 3 end
end

--- The field of a name that --coluna gives; nil for none.
function vocabulary.field_named(name)
    local field = exact[vocabulary.key(name)] or by_name[strong_index[table.concat(words_of(name))]]
    return field and field.presence ~= "output" and field or nil
end

local stems = {
    name = {"nom", "alun", "estud", "discent", "student", "name"},
    age = {"idad", "nasc", "age", "birth", "anos"},
    br_document = {"cpf", "docum"},
    email = {"mail", "correio", "contat"},
}
local relatives = {"mae", "pai", "resp", "mother", "father", "parent", "guardian", "escola", "turma"}

local function holds_any(text, list)
    return lists.any(list, function(each) return text:find(each, 1, true) end)
end

--- The headings of a list that may mean the field, though they do not say so.
function vocabulary.suggest(field, headings)
    return lists.map(headings, function(heading)
        local key = vocabulary.key(heading)
        return holds_any(key, stems[field.name] or {vocabulary.key(field.name_pt)}) and not holds_any(key, relatives) and
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
