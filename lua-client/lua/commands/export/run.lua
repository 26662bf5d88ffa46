-- Writing the students, page after page, as CSV or as lines of JSON: to a file, which takes its name when it is whole,
-- or to a function.
local aluno = require "aluno"
local core = require "core"
local failures = require "client.errors"
local grid = require "client.grid"
local host = require("core").host
local json = require "client.json_lines"
local language = require "client.language"
local misuse = require "client.misuse"
local output = require "client.output"
local replacement = require "client.replacement"

local exporting = {}

local text = language.of {
    pt = {
        exists = "o arquivo %s já existe",
        overwrite = "escolha outro nome, ou substitua-o com --sobrescrever",
        excel = "--excel é para csv, não para %s",
        format = "não há o formato %s para exportar; há: csv, ndjson",
    },
    en = {
        exists = "the file %s exists already",
        overwrite = "choose another name, or replace it with --overwrite",
        excel = "--excel is for csv, not for %s",
        format = "there is no format %s to export; there are: csv, ndjson",
    },
}

local options_known = {
    format = "string", excel = "boolean", fields = "string", query = "string", order_by = "string",
    overwrite = "boolean", progress = "function",
}

local function fail(problem)
    local _, err = core.fail("FILE_UNUSABLE", problem)
    return nil, err
end

local function refuse(message)
    return nil, failures.new("INVALID_ARGUMENT", "OPTION_INVALID", message, "")
end

-- ---- formats: each gives a function that writes a student -> true | nil, error ----

local formats = {}

--- A CPF without its dots is a number to Excel, which would take the zeros on its left away.
local function cell_of(field, excel)
    if field.rule == "cpf" and excel then return aluno.cpf.format end
    return function(value) return value end
end

function formats.csv(out, fields, excel)
    local names, cells = {}, {}
    for i, field in ipairs(fields) do
        names[i], cells[i] = language.field(field), cell_of(field, excel)
    end
    local writer, err = aluno.csv.writer(out, {excel = excel, columns = names, neutralise = true})
    if not writer then return nil, err end
    return function(student)
        local row = {}
        for i, field in ipairs(fields) do
            local value = student[field.name]
            row[names[i]] = value ~= nil and cells[i](value) or nil
        end
        return writer:write(row)
    end
end

function formats.ndjson(out, fields)
    local rows = {message = "Student", fields = fields, chosen = true}
    return function(student)
        local fine, problem = out(json.row(rows, student) .. "\n")
        if not fine then return fail(problem) end
        return true
    end
end

-- ---- pages ----

--- Hands all students that are asked for to write(student) -> how many | nil, error
local function write_pages(client, request, write, progress)
    local count = 0
    repeat
        local page, err = client:list(request)
        if not page then return nil, err end
        for _, student in ipairs(page.students) do
            local fine
            fine, err = write(student)
            if not fine then return nil, err end
        end
        count = count + #page.students
        if progress then progress(count, page.total_size) end
        request.page_token = page.next_page_token
    until not request.page_token
    return count
end

--- Writes to a function of text -> how many students | nil, error
local function write_all(client, out, plan, options)
    local write, err = formats[plan.format](out, plan.fields, options.excel or false)
    if not write then return nil, err end
    return write_pages(client, {query = options.query, order_by = options.order_by}, write, options.progress)
end

--- What to write, as the options say it -> {fields, format} | nil, error
local function plan_for(options)
    local format = (options.format or "csv"):lower()
    if not formats[format] then return refuse(text.format:format(format)) end
    if options.excel and format ~= "csv" then return refuse(text.excel:format(format)) end
    if not options.fields then return {fields = grid.columns "Student", format = format} end
    local fields, problem = output.student_columns(options.fields)
    if not fields then return refuse(problem) end
    return {fields = fields, format = format}
end

--- Writes to the file of that path -> how many students | nil, error
local function write_file(client, path, plan, options)
    if host.is_regular_file(path) and not options.overwrite then
        return nil, failures.new("INVALID_ARGUMENT", "FILE_UNUSABLE", text.exists:format(path), text.overwrite)
    end
    local file <close>, problem = replacement.open(path)
    if not file then return fail(problem) end
    local count, err = write_all(client, function(piece) return file:write(piece) end, plan, options)
    if not count then return nil, err end
    local fine
    fine, problem = file:commit()
    if not fine then return fail(problem) end
    return count
end

--- Writes the students to a file's path, or to a function that is given text and returns true, or nil and what is
--- wrong -> {students = how many} | nil, error
---
---   format      "csv" by itself, or "ndjson"
---   excel       CSV as Excel opens it by a double click in Brazil
---   fields      "name,age": these columns, in this order; the id and what people fill in by itself
---   query, order_by  as in list
---   overwrite   a file that has the name is no mistake
---   progress    a function that is given how many are written, and how many there are, after each page
---
--- Texts that a spreadsheet would take for formulas have a ' before them; importing takes it away again.
function exporting.run(client, where, options)
    options = options or {}
    misuse.check(options, options_known)
    local plan, err = plan_for(options)
    if not plan then return nil, err end
    local write = type(where) == "function" and write_all or write_file
    local count
    count, err = write(client, where, plan, options)
    if not count then return nil, err end
    return {students = count}
end

return exporting
