-- Finds the fields of a student in a file's columns, by their headings, in either language, ignoring case, accents and
-- punctuation. "E-mail do Aluno" is the field email; other words are in vocabulary.lua.
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local policy = require "client.policy"
local printable = require "aluno.printable"
local schema = require "client.schema"
local vocabulary = require "commands.import.vocabulary"

local columns = {}

local text = language.of {
    pt = {
        unknown = "há colunas desconhecidas: %s",
        missing = "faltam colunas: %s",
        twice = "mais de uma coluna dá %s: %s",
        none = "a primeira linha não dá nome às colunas",
        empty = "o arquivo está vazio",
        one = "a primeira linha não dá nome às colunas, ou o que as separa não é ; , | nem tabulação",
        no_heading = "não há a coluna %s, de --coluna",
        headings = "as colunas do arquivo são %s",
        remedy = "as colunas são %s; diga qual é qual com --coluna %s",
        perhaps = "quis dizer --coluna %s?",
        example = "nome=Aluno",
        given = "--coluna é CAMPO=TÍTULO, como nome=Aluno, não '%s'",
        no_field = "--coluna: não há o campo %s; há: %s",
    },
    en = {
        unknown = "there are unknown columns: %s",
        missing = "columns are missing: %s",
        twice = "more than one column gives %s: %s",
        none = "the first line does not name the columns",
        empty = "the file is empty",
        one = "the first line does not name the columns, or what divides them is not ; , | or a tab",
        no_heading = "there is no column %s, of --column",
        headings = "the file's columns are %s",
        remedy = "the columns are %s; say which one is which by --column %s",
        perhaps = "did you mean --column %s?",
        example = "name=Pupil",
        given = "--column is FIELD=HEADING, as name=Pupil, not '%s'",
        no_field = "--column: there is no field %s; there are: %s",
    },
}

--- The columns that a file of rejected rows adds.
columns.added = language.of {pt = {"linha", "razao", "mensagem"}, en = {"line", "reason", "message"}}

local is_added = {}
for _, name in ipairs {"linha", "razao", "mensagem", "line", "reason", "message"} do
    is_added[name] = true
end

--- Returns the names of the fields for which `is_left` returns true.
local function names(fields, is_left)
    return lists.map(fields, function(field) return (not is_left or is_left(field)) and language.field(field) end)
end

--- Reads {"nome=Aluno", …} -> {field's name = heading} | nil, error
function columns.given(list)
    local given = {}
    for _, each in ipairs(list or {}) do
        local name, heading = each:match "^%s*([^=]-)%s*=%s*(.-)%s*$"
        if not name or heading == "" then return nil, errors.new("ARGUMENT_INVALID", text.given:format(each), "") end
        local field = vocabulary.field_named(name)
        if not field then
            local all = table.concat(names(schema.student_fields), ", ")
            return nil, errors.new("ARGUMENT_INVALID", text.no_field:format(name, all), "")
        end
        given[field.name] = heading
    end
    return given
end

--- "nome='Nome do estudante'", as it is typed in a shell.
local function mapping(field, heading)
    local shown = language.field(field) .. "=" .. printable(heading)
    return shown:find "^[%w=._-]*$" and shown or "'" .. shown .. "'"
end

--- The columns of each field by how sure they are: {field's name = {[0] = given, own name, other word, another's}}.
local function candidates_of(headings, given)
    local found, unknown = {}, {}
    local function add(field, sureness, i)
        found[field.name] = found[field.name] or {[0] = {}, {}, {}, {}}
        table.insert(found[field.name][sureness], i)
    end
    for i, heading in ipairs(headings) do
        local key = vocabulary.key(heading)
        local field, sureness = vocabulary.field_of(heading)
        local is_given = false
        for _, each in ipairs(schema.student_fields) do
            local wanted = given[each.name]
            if wanted and (vocabulary.key(wanted) == key and key ~= "" or tonumber(wanted) == i) then
                add(each, 0, i)
                is_given = true
            end
        end
        if field and field.presence ~= "output" and not is_given then
            add(field, sureness, i)
        elseif not field and not is_given and not is_added[key] and heading:find "%S" then
            unknown[#unknown + 1] = i
        end
    end
    return found, unknown
end

--- The surest columns of a field -> list, how sure they are
local function surest(candidates)
    for sureness = 0, 3 do
        if candidates and #candidates[sureness] > 0 then return candidates[sureness], sureness end
    end
    return {}
end

--- Matches a line with the fields -> {places, kept, added, headings, count, left_out, twice, taken}. `places`: where each
--- field is, by its name; `kept`: the columns, by their numbers, that a file of rejected rows repeats; `taken`: the
--- fields that were not found by their own names; `count`: of the fields that were found; `is_given`: which are where
--- --coluna says.
function columns.match(headings, given)
    local found = {places = {}, kept = {}, added = {}, headings = lists.copy(headings), count = 0, left_out = {}, twice = {},
        taken = {}, given = given, is_given = {}}
    local candidates, unknown = candidates_of(headings, given)
    local is_used = {}
    for _, field in ipairs(schema.student_fields) do
        local list, sureness = surest(candidates[field.name])
        found.places[field.name] = list[1]
        found.is_given[field.name] = sureness == 0
        found.count = found.count + (#list > 0 and 1 or 0)
        if #list > 1 then found.twice[#found.twice + 1] = {field = field, columns = list} end
        if sureness and sureness ~= 1 then found.taken[#found.taken + 1] = field end
        for _, i in ipairs(list) do
            is_used[i] = true
        end
    end
    found.unknown = lists.map(unknown, function(i) return not is_used[i] and headings[i] end)
    for i, heading in ipairs(headings) do
        local field = vocabulary.field_of(heading)
        local is_known = is_used[i] or field and field.presence == "output"
        table.insert(is_added[vocabulary.key(heading)] and found.added or found.kept, i)
        if not is_known and not is_added[vocabulary.key(heading)] and heading:find "%S" then
            table.insert(found.left_out, heading)
        end
    end
    return found
end

--- Headings in a sentence.
local function in_words(headings)
    return printable(table.concat(headings, ", "))
end

--- Whether a field lacks its column: one of age and birth date is enough, and the first one is named.
local function is_missing(found, field)
    if found.places[field.name] then return false end
    if field.presence ~= "either" then return policy.requires(field) end
    local either = lists.map(schema.student_fields, function(each) return each.presence == "either" and each end)
    return field == either[1] and not lists.any(either, function(each) return found.places[each.name] end)
end

--- How --coluna says the first of several columns: by its heading, or by its number when another has the same one.
local function first_of(list, headings)
    local same = lists.map(list, function(i) return vocabulary.key(headings[i]) == vocabulary.key(headings[list[1]]) and i end)
    return #same > 1 and tostring(list[1]) or headings[list[1]]
end

--- Whether a heading that --coluna gives is none of the file's. A file of rejected rows calls it by its field.
local function is_not_there(found, name)
    local is_of_rejects = #found.added > 0 and found.places[name]
    return found.given[name] and not found.is_given[name] and not is_of_rejects
end

--- The remedy: which column --coluna may have meant, or a field that is missing.
local function remedy_for(found)
    for _, field in ipairs(schema.student_fields) do
        local wanted = is_not_there(found, field.name) and found.count > 0 and vocabulary.key(found.given[field.name])
        if wanted then
            local near = vocabulary.nearest(wanted, found.headings)
            if near then return text.perhaps:format(mapping(field, near)) end
            return text.headings:format(in_words(lists.map(found.headings, function(one) return one:find "%S" and one end)))
        end
    end
    for _, field in ipairs(#found.headings > 1 and schema.student_fields or {}) do
        local likely = is_missing(found, field) and vocabulary.suggest(field, found.left_out) or {}
        if likely[1] then return text.perhaps:format(mapping(field, likely[1])) end
    end
    local twice = found.twice[1]
    if twice then return text.perhaps:format(mapping(twice.field, first_of(twice.columns, found.headings))) end
    return text.remedy:format(table.concat(names(schema.student_fields), ", "), text.example)
end

--- Checks the headings that were matched -> found | nil, error. If none is known, the first line may be personal data and
--- is not repeated.
function columns.check(found)
    local problems = {}
    for _, field in ipairs(schema.student_fields) do
        if is_not_there(found, field.name) then
            problems[#problems + 1] = text.no_heading:format(in_words {found.given[field.name]})
        end
    end
    if found.count == 0 then
        problems[1] = #found.headings == 0 and text.empty or #found.headings == 1 and text.one or text.none
    else
        local missing = names(schema.student_fields, function(field) return is_missing(found, field) end)
        if #missing > 0 and #found.unknown > 0 then
            problems[#problems + 1] = text.unknown:format(in_words(found.unknown))
        end
        if #missing > 0 then problems[#problems + 1] = text.missing:format(table.concat(missing, ", ")) end
        for _, twice in ipairs(found.twice) do
            local headings = lists.map(twice.columns, function(i) return found.headings[i] end)
            problems[#problems + 1] = text.twice:format(language.field(twice.field), in_words(headings))
        end
    end
    if #problems == 0 then return found end
    return nil, errors.new("CSV_HEADER", table.concat(problems, "; "), remedy_for(found))
end

--- columns.match and columns.check at once -> found | nil, error
function columns.find(headings, given)
    return columns.check(columns.match(headings, given or {}))
end

--- The headings of a file of rejected rows: a column that --coluna gave is called by its field there.
function columns.kept_headings(found)
    local given_at = {}
    for name in pairs(found.given) do
        local field = vocabulary.field_named(name)
        given_at[found.places[name] or 0] = language.field(field)
    end
    return lists.map(found.kept, function(i) return given_at[i] or found.headings[i] end)
end

return columns
