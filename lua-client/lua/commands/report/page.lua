-- The page of a report: HTML in one file, without scripts and with nothing from elsewhere. A heading, the students in a
-- table whose heading each sheet of paper repeats, and charts.
--
--   local page = page.new {title =, school =, query =, columns =, full_cpf =}
--   page:add(student)
--   page:html()        -> text
local aluno = require "aluno"
local dates = require "client.dates"
local document = require "commands.report.document"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local markup = require "commands.report.markup"
local svg = require "commands.report.svg"
local tally = require "client.tally"

local element, text_element = markup.element, markup.text

local page = {}
page.__index = page

local bins_most = 24

local text = language.of {
    pt = {
        lang = "pt-BR", title = "Relação de alunos", row = "nº", search = "Busca: %s", date = "Emitida em %s",
        one = "1 aluno", many = "%d alunos", nobody = "Nenhum aluno.",
        ages = "Idades", ages_of = "De %d a %d anos; em média, %s.", one_age = "Idade de todos: %d.",
        times = {day = "Cadastros por dia", month = "Cadastros por mês", year = "Cadastros por ano"},
        once = "Cadastros", one_day = "Todos os cadastros são de %s.", decimal = ",",
    },
    en = {
        lang = "en", title = "List of students", row = "no.", search = "Search: %s", date = "Issued on %s",
        one = "1 student", many = "%d students", nobody = "No students.",
        ages = "Ages", ages_of = "From %d to %d years; the mean is %s.", one_age = "The age of all: %d.",
        times = {day = "Registrations by day", month = "Registrations by month", year = "Registrations by year"},
        once = "Registrations", one_day = "All registrations are of %s.", decimal = ".",
    },
}

function page.new(report)
    return setmetatable({report = report, rows = {}, tally = tally.new()}, page)
end

-- ---- the table ----

local function class_of(field)
    if field.kind == "int" and not dates.is_time(field) then return "number" end
    local is_short = field.kind ~= "text" or field.rule == "cpf" or field.rule == "birth_date"
    return is_short and "fixed" or "text"
end

local function cell(field, student, full_cpf)
    local value = student[field.name]
    local is_masked = field.rule == "cpf" and value and not full_cpf
    local shown = is_masked and aluno.cpf.mask(value) or grid.text(field, value, student)
    local class = class_of(field)
    return text_element("td", class == "text" and {"dir", "auto"} or {"class", class}, shown)
end

function page:add(student)
    local report = self.report
    self.tally:add(student)
    self.rows[#self.rows + 1] = "<tr>" .. text_element("td", {"class", "number row"}, tostring(self.tally.count)) ..
        table.concat(lists.map(report.columns, function(field) return cell(field, student, report.full_cpf) end)) .. "</tr>\n"
end

--- The heading of a column: as forms ask for it, but of no one.
local function heading(field)
    local names = language.of {
        pt = {br_document = "CPF", id = "Id", email = "E-mail", birth_date = "Nascimento"},
        en = {br_document = "CPF", id = "Id", email = "E-mail", birth_date = "Birth date"},
    }
    local name = names[field.name] or language.field(field):gsub("_", " ")
    return name:sub(1, 1):upper() .. name:sub(2)
end

local function students_table(self)
    if #self.rows == 0 then return text_element("p", {}, text.nobody) end
    local head = text_element("th", {"class", "number row", "scope", "col"}, text.row) ..
        table.concat(lists.map(self.report.columns, function(field)
            return text_element("th", {"class", class_of(field), "scope", "col"}, heading(field))
        end))
    return "<table>\n<thead><tr>" .. head .. "</tr></thead>\n<tbody>\n" .. table.concat(self.rows) .. "</tbody>\n</table>\n"
end

-- ---- the charts ----

local function in_words(bins)
    return table.concat(lists.map(bins, function(bin) return bin.label .. ": " .. bin.count end), "; ")
end

--- A chart below its heading; of a single bin the caption says all.
local function section(id, title, caption, bins)
    local content = caption and text_element("figcaption", {}, caption) or ""
    if #bins > 1 then content = content .. svg.bars(bins, id, title, in_words(bins)) end
    return "<section>" .. text_element("h2", {}, title) .. element("figure", {}, content) .. "</section>\n"
end

local function ages(counts)
    local range = counts:age_range()
    if not range then return "" end
    local mean = (("%.1f"):format(range.mean):gsub("%.", text.decimal))
    local caption = range.least == range.most and text.one_age:format(range.least) or
        text.ages_of:format(range.least, range.most, mean)
    return section("ages", text.ages, caption, counts:by_age(bins_most))
end

local function registrations(counts)
    local bins, step = counts:by_time(bins_most)
    if #bins == 0 then return "" end
    local only_day = #bins == 1 and step == "day" and text.one_day:format(dates.day((next(counts.days))))
    return section("registrations", only_day and text.once or text.times[step], only_day, bins)
end

-- ---- the page ----

local function header(report, count)
    local facts = {count == 1 and text.one or text.many:format(count), text.date:format(dates.day(os.date "%Y-%m-%d"))}
    if report.query then facts[#facts + 1] = text.search:format(aluno.log.mask(report.query)) end
    return "<header>\n" .. (report.school and text_element("p", {"class", "school"}, report.school) .. "\n" or "") ..
        text_element("h1", {}, report.title or text.title) .. "\n" ..
        text_element("p", {"class", "facts"}, table.concat(facts, " · ")) .. "\n</header>\n"
end

function page:html()
    local report = self.report
    local title = (report.title or text.title) .. (report.school and " — " .. report.school or "")
    return document.write(text.lang, title,
        header(report, self.tally.count) .. students_table(self) .. ages(self.tally) .. registrations(self.tally))
end

return page
