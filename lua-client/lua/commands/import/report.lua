-- Says what became of an import, for people: counts, the encodings that were taken, the columns, what was rejected by field
-- and reason, what is odd.
local aluno = require "aluno"
local encodings = require "aluno.encodings"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local printable = require "aluno.printable"
local vocabulary = require "commands.import.vocabulary"

local report = {}

local text = language.of {
    pt = {
        registered = "Linhas: %d. Cadastradas: %d; já cadastradas antes: %d; recusadas: %d",
        validated = "Nada foi gravado. Linhas: %d. A cadastrar: %d; já cadastradas: %d; a recusar: %d",
        updated = "Atualizadas: %d",
        to_update = "A atualizar: %d",
        change = "  linha %d, nº %d: %s",
        more = "  …",
        encoding = "Codificação: %s",
        example = "%s, por exemplo: %s",
        wrong_encoding = "Se os acentos não estão certos, diga qual é: " ..
            "--codificacao utf-8, cp1252, cp850, cp860, macroman ou utf-16",
        sheet = "Planilha: %s",
        other_sheets = "Planilha: %s; as outras (%s) não foram lidas: --planilha escolhe uma",
        headings = "Títulos das colunas: na linha %d",
        taken = "Colunas: %s",
        left_out = "Colunas deixadas de fora: %s",
        rejects = "As recusadas, com a razão de cada uma, estão em %s: corrija-as ali e importe esse arquivo",
        doubtful = "CPFs de dígitos verificadores que não conferem: %d (linhas %s)",
        zeros_lost = "CPFs que parecem ter perdido zeros à esquerda: %d (linhas %s); --completar-cpf os põe",
        zeros_added = "CPFs que ganharam de volta os zeros à esquerda: %d (linhas %s)",
        either_dates = "Datas lidas como %s, que também poderiam ser %s: %d (linhas %s)",
        orders = {"dia/mês", "mês/dia"},
        garbled = "Nomes que parecem ter os acentos trocados: %d (linhas %s)",
        likely = "  %s: provavelmente %s",
        lost = "  %s: há ? no lugar de letras",
        no_undo = "Não poderá ser desfeita por desfazer importação: %s",
        skipped = "Linhas sem aluno (totais, títulos repetidos), deixadas de fora: %d (linhas %s)",
        no_rows = "Abaixo dos títulos não há nada",
    },
    en = {
        registered = "Rows: %d. Registered: %d; registered before: %d; rejected: %d",
        validated = "Nothing was stored. Rows: %d. To be registered: %d; registered already: %d; to be rejected: %d",
        updated = "Updated: %d",
        to_update = "To be updated: %d",
        change = "  line %d, no. %d: %s",
        more = "  …",
        encoding = "Encoding: %s",
        example = "%s, for example: %s",
        wrong_encoding = "If the accents are not right, say which one it is: " ..
            "--encoding utf-8, cp1252, cp850, cp860, macroman or utf-16",
        sheet = "Sheet: %s",
        other_sheets = "Sheet: %s; the others (%s) were not read: --sheet chooses one",
        headings = "Headings: in line %d",
        taken = "Columns: %s",
        left_out = "Columns that were left out: %s",
        rejects = "Those rejected, each with its reason, are in %s: correct them there and import that file",
        doubtful = "CPFs whose check digits do not match: %d (lines %s)",
        zeros_lost = "CPFs that seem to have lost zeros on the left: %d (lines %s); --pad-cpf adds them",
        zeros_added = "CPFs that got their zeros on the left again: %d (lines %s)",
        either_dates = "Dates read as %s that could be %s as well: %d (lines %s)",
        orders = {"day/month", "month/day"},
        garbled = "Names whose accents seem to be exchanged: %d (lines %s)",
        likely = "  %s: probably %s",
        lost = "  %s: there is a ? in the place of letters",
        no_undo = "It cannot be undone by undo import: %s",
        skipped = "Rows without a student (totals, headings once more), left out: %d (lines %s)",
        no_rows = "There is nothing below the headings",
    },
}

local function report_encodings(list, say)
    if not list or #list == 0 then return end
    local is_guess = false
    local named = lists.map(list, function(each)
        is_guess = is_guess or each.name:sub(1, 3) ~= "utf"
        local title = encodings.titles[each.name]
        return each.example and text.example:format(title, each.example) or title
    end)
    say(text.encoding:format(table.concat(named, "; ")))
    if is_guess then say(text.wrong_encoding) end
end

local function report_sheet(summary, say)
    if not summary.sheet then return end
    local others = lists.map(summary.sheets, function(sheet) return sheet.name ~= summary.sheet and sheet.name end)
    local line = #others > 0 and text.other_sheets or text.sheet
    say(line:format(summary.sheet, table.concat(others, ", ")))
end

--- "idade = Data de nascimento": the fields that were not found by their own names.
local function report_columns(found, say)
    if not found then return end
    if found.has_title then say(text.headings:format(found.line)) end
    local taken = lists.map(found.taken, function(field)
        return language.field(field) .. " = " .. found.headings[found.places[field.name]]
    end)
    if #taken > 0 then say(text.taken:format(table.concat(taken, "; "))) end
    local left_out = found.left_out
    if #left_out > 0 and not found.is_quiet then say(text.left_out:format(table.concat(left_out, "; "))) end
end

--- The text and the remedy of a reason.
local function sentence_of(reason, field)
    if reason == "FIELD_KIND" then
        return field and field.kind == "int" and language.not_whole or aluno.schema.reasons[reason].text[language.name]
    end
    local known = aluno.schema.reasons[reason]
    return known.text[language.name] .. "; " .. known.remedy[language.name]
end

local function report_faults(summary, say)
    local faults = table.move(summary.faults, 1, #summary.faults, 1, {})
    table.sort(faults, function(a, b)
        if a.reason ~= b.reason then return a.reason < b.reason end
        return (a.field or "") < (b.field or "")
    end)
    for _, fault in ipairs(faults) do
        local field = fault.field and vocabulary.field_named(fault.field)
        local name = field and fault.reason .. " (" .. language.field(field) .. ")" or fault.reason
        say(("  %6d  %s: %s"):format(fault.count, name, sentence_of(fault.reason, field)))
    end
end

local function report_changes(summary, say)
    if summary.updated == 0 then return end
    say((summary.validated and text.to_update or text.updated):format(summary.updated))
    for _, change in ipairs(summary.changes) do
        local list = lists.map(change.list, function(each)
            return ("%s %s → %s"):format(language.field(each.field), grid.cell(each.field, each.old),
                grid.cell(each.field, each.new))
        end)
        say(text.change:format(change.line, change.id, table.concat(list, "; ")))
    end
    if summary.updated > #summary.changes then say(text.more) end
end

--- "17, 30 …": the first lines of those that were counted.
local function named(lines)
    return table.concat(lines, ", ") .. (lines.count > #lines and " …" or "")
end

--- Says that no date decided which number is the day.
local function report_dates(summary, say)
    local lines = summary.either_dates
    if lines.count == 0 or summary.decided_dates > 0 or summary.columns.is_order_said then return end
    local one, other = table.unpack(text.orders)
    if summary.columns.is_month_first then one, other = other, one end
    say(text.either_dates:format(one, other, lines.count, named(lines)))
end

--- Writes the summary of an import, line by line. Headings, sheets and examples are the file's.
function report.write(summary, write)
    local function say(line) write(printable(line)) end
    local counts = summary.validated and text.validated or text.registered
    say(counts:format(summary.rows, summary.registered, summary.present, summary.rejected))
    if summary.rows == 0 and summary.skipped.count == 0 then say(text.no_rows) end
    report_changes(summary, say)
    report_encodings(summary.encodings, say)
    report_sheet(summary, say)
    report_columns(summary.columns, say)
    report_faults(summary, say)
    report_dates(summary, say)
    for _, name in ipairs {"doubtful", "zeros_lost", "zeros_added", "garbled", "skipped"} do
        local lines = summary[name]
        if lines.count > 0 then say(text[name]:format(lines.count, named(lines))) end
    end
    for _, names in ipairs(summary.garbled.names) do
        say((names[2] == "?" and text.lost or text.likely):format(table.unpack(names)))
    end
    if summary.log_problem then say(text.no_undo:format(summary.log_problem)) end
    if summary.rejects then say(text.rejects:format(summary.rejects)) end
end

return report
