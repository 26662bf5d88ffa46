-- The sheet that a person gets: what is held on them, in tables for people, as lines of text or as HTML in one file.
local dates = require "client.dates"
local document = require "commands.report.document"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local markup = require "commands.report.markup"
local schema = require "client.schema"

local sheet = {}

local text_element = markup.text

local text = language.of {
    pt = {
        lang = "pt-BR", title = "Dados pessoais guardados", date = "Emitido em %s", none = "Nada.",
        students = "Cadastro", former_values = "Nomes e idades antigos", changes = "Mudanças lembradas",
        old_copies = "Cópias do banco que podem ter estes dados", events = "Quem acessou, e quando",
        truncated = "Há mais nomes antigos ou mudanças do que esta folha mostra: só os mais novos estão aqui.",
        no_audit = "O serviço não tem auditoria.",
    },
    en = {
        lang = "en", title = "Personal data held", date = "Issued on %s", none = "Nothing.",
        students = "Record", former_values = "Former names and ages", changes = "Changes that are remembered",
        old_copies = "Copies of the database that may have these data", events = "Who had access, and when",
        truncated = "There are more former names or changes than this sheet shows: only the newest are here.",
        no_audit = "The service has no audit.",
    },
}

local function without_service(method)
    return method:match "[^/]*$"
end

--- The fields of a message that the sheet shows, in that order.
local function columns(message, names)
    local chosen = {is_chosen = true}
    for name in names:gmatch "%S+" do
        local field = schema.field(message, name)
        local is_method = name == "method"
        chosen[#chosen + 1] = is_method and setmetatable({shown = without_service}, {__index = field}) or field
    end
    return chosen
end

local parts = {
    {"students", "Student", "id name birth_date age br_document email create_time update_time delete_time"},
    {"former_values", "FormerValue", "student_id name birth_date age change_time"},
    {"changes", "LedgerEntry", "time method caller_name student_id request_id"},
    {"events", "AuditEvent", "time caller_name caller_role caller_address method fields code purpose"},
    {"old_copies", "OldCopy", "time file"},
}

--- The sections of what held.read returned: {title =, columns =, items =, note = or nil}
function sheet.sections(found)
    return lists.map(parts, function(part)
        local name = part[1]
        local items = found[name] or {}
        local note = #items == 0 and text.none or nil
        if name == "events" and not found.events then note = text.no_audit end
        if name == "changes" and found.truncated then note = text.truncated end
        return {title = text[name], columns = columns(part[2], part[3]), items = items, note = note}
    end)
end

--- The columns that some item has.
local function present(section)
    local chosen = lists.map(section.columns, function(field)
        return lists.any(section.items, function(item) return item[field.name] ~= nil end) and field
    end)
    chosen.is_chosen = true
    return chosen
end

-- ---- text ----

--- The lines for a terminal.
function sheet.lines(found)
    local lines = {text.title, text.date:format(dates.day(os.date "%Y-%m-%d"))}
    for _, section in ipairs(sheet.sections(found)) do
        lines = lists.join(lines, {"", section.title .. (#section.items > 0 and (" (%d)"):format(#section.items) or "")})
        if #section.items > 0 then lines = lists.join(lines, grid.lines(present(section), section.items)) end
        lines[#lines + 1] = section.note
    end
    return lines
end

-- ---- HTML ----

--- The heading of a column: the field's label, without the unit.
local function heading(field)
    return (field.label[language.name]:gsub(" %(.-%)$", ""))
end

local function row_of(fields, item)
    return "<tr>" .. table.concat(lists.map(fields, function(field)
        return text_element("td", {"dir", "auto"}, grid.text(field, item[field.name], item))
    end)) .. "</tr>\n"
end

local function table_of(section)
    local fields = present(section)
    local head = lists.map(fields, function(field) return text_element("th", {"scope", "col"}, heading(field)) end)
    local rows = lists.map(section.items, function(item) return row_of(fields, item) end)
    return "<table>\n<thead><tr>" .. table.concat(head) .. "</tr></thead>\n<tbody>\n" .. table.concat(rows) ..
        "</tbody>\n</table>\n"
end

local function section_of(section)
    return "<section>" .. text_element("h2", {}, section.title) .. "\n" ..
        (#section.items > 0 and table_of(section) or "") ..
        (section.note and text_element("p", {}, section.note) .. "\n" or "") .. "</section>\n"
end

--- The document.
function sheet.html(found)
    local header = "<header>\n" .. text_element("h1", {}, text.title) .. "\n" ..
        text_element("p", {"class", "facts"}, text.date:format(dates.day(os.date "%Y-%m-%d"))) .. "\n</header>\n"
    return document.write(text.lang, text.title,
        header .. table.concat(lists.map(sheet.sections(found), section_of)))
end

return sheet
