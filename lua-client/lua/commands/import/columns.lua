-- Finds the fields of a student in a file's columns, by the headings in its first line, in either language, ignoring
-- case, accents and punctuation. "E-mail do Aluno" is the field email.
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"

local columns = {}

local text = language.of {
    pt = {
        unknown = "há colunas desconhecidas: %s",
        missing = "faltam colunas: %s",
        twice = "mais de uma coluna dá %s: %s",
        none = "a primeira linha não dá nome às colunas",
        remedy = "as colunas são %s; outras podem ficar de fora com --ignorar-outras",
    },
    en = {
        unknown = "there are unknown columns: %s",
        missing = "columns are missing: %s",
        twice = "more than one column gives %s: %s",
        none = "the first line does not name the columns",
        remedy = "the columns are %s; others may be left out with --ignore-others",
    },
}

--- The columns that a file of rejected rows adds.
columns.added = language.of {pt = {"linha", "razao", "mensagem"}, en = {"line", "reason", "message"}}

--- Normalises a heading.
local function key_of(heading)
    local folded = aluno.fold((heading:gsub("%c", "")))
    return folded and folded:gsub("[^%w]", "") or ""
end

--- The fields that a heading may name.
local by_key = {}
for _, field in ipairs(aluno.schema.messages.Student.fields) do
    for _, name in ipairs {field.name, field.name_pt, field.label.en, field.label.pt} do
        by_key[key_of(name)] = field
    end
end

local is_added = {}
for _, name in ipairs {"linha", "razao", "mensagem", "line", "reason", "message"} do
    is_added[name] = true
end

--- Returns the names of the fields for which `is_left` returns true.
local function names(is_left)
    return lists.map(schema.student_fields, function(field) return is_left(field) and language.field(field) end)
end

local function refuse(problems)
    local all = table.concat(names(function() return true end), ", ")
    return nil, errors.new("CSV_HEADER", table.concat(problems, "; "), text.remedy:format(all))
end

--- Returns the problem of the headings, by the places found. If none is known, the first line may be personal data and
--- is not repeated.
local function check(places, headings_of, unknown)
    if not next(places) then return {text.none} end
    local missing = names(function(field)
        local is_needed = field.presence == "required" or field.presence == "expected" or
            field.name == "age" and not places.birth_date
        return is_needed and not places[field.name]
    end)
    local problems = {}
    if #unknown > 0 then problems[1] = text.unknown:format(table.concat(unknown, ", ")) end
    if #missing > 0 then problems[#problems + 1] = text.missing:format(table.concat(missing, ", ")) end
    for _, field in ipairs(schema.student_fields) do
        local headings = headings_of[field] or {}
        if #headings > 1 then
            problems[#problems + 1] = text.twice:format(language.field(field), table.concat(headings, ", "))
        end
    end
    return problems
end

--- Finds the columns of a first line -> {places, kept} | nil, error. `places`: where each field is, by its name;
--- `kept`: the columns, by their numbers, that a file of rejected rows repeats. `ignore`: other columns are no mistake.
function columns.find(headings, ignore)
    local places, kept, headings_of, unknown = {}, {}, {}, {}
    for i, heading in ipairs(headings) do
        local key = key_of(heading)
        local field = by_key[key]
        if field and field.presence ~= "output" then
            places[field.name] = i
            headings_of[field] = headings_of[field] or {}
            table.insert(headings_of[field], heading)
        elseif not field and not is_added[key] and heading:find "%S" and not ignore then
            unknown[#unknown + 1] = heading
        end
        if not is_added[key] then kept[#kept + 1] = i end
    end
    local problems = check(places, headings_of, unknown)
    if #problems > 0 then return refuse(problems) end
    return {places = places, kept = kept, headings = headings}
end

return columns
