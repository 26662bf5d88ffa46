-- Writes the students, page after page, as CSV or as lines of JSON: to a file, which gets its name when it is complete,
-- or to a function; or, to a file alone, as a workbook of Excel.
local aluno = require "aluno"
local archives = require "program.archive"
local dates = require "client.dates"
local errors = require "client.errors"
local language = require "client.language"
local listing = require "client.listing"
local lists = require "aluno.lists"
local masked = require "client.masked"
local misuse = require "aluno.misuse"
local new_file = require "client.new_file"
local output = require "client.output"
local schema = require "client.schema"
local workbook = require "program.workbook"

local exporting, fail = {}, new_file.fail

local text = language.of {
    pt = {
        excel = "--excel é para csv, não para %s",
        format = "não há o formato %s para exportar; há: csv, ndjson, xlsx",
        unknown = "exportar não grava %s; grava .xlsx, e CSV, que o Excel abre: --excel",
        no_workbooks = "este aluno foi compilado sem o formato .xlsx; exporte CSV, que o Excel abre: turma.csv --excel",
        to_file = "uma pasta de trabalho do Excel (.xlsx) se grava em um arquivo: diga qual",
        name_encrypted = "--para cifra o arquivo: dê-lhe um nome que termina em .age, como %s.age",
        recipient = "um arquivo .age é cifrado: diga a quem, --para CHAVE",
        broken = "a pasta de trabalho não foi gravada inteira; há espaço na pasta temporária do sistema?",
        sheet = "Alunos",
    },
    en = {
        excel = "--excel is for csv, not for %s",
        format = "there is no format %s to export; there are: csv, ndjson, xlsx",
        unknown = "export does not write %s; it writes .xlsx, and CSV, which Excel opens: --excel",
        no_workbooks = "this aluno was built without the format .xlsx; export CSV, which Excel opens: class.csv --excel",
        to_file = "an Excel workbook (.xlsx) is written to a file: say which",
        name_encrypted = "--recipient encrypts the file: give it a name that ends in .age, such as %s.age",
        recipient = "a file .age is encrypted: say to whom, --recipient KEY",
        broken = "the workbook was not written whole; is there room in the system's temporary folder?",
        sheet = "Students",
    },
}

local options_known = {
    format = "string", excel = "boolean", fields = "string", query = "string", order_by = "string",
    overwrite = "boolean", recipient = "string", progress = "function",
}

local formats = {csv = true, ndjson = true, xlsx = true}

--- Ends of names of files that are not written, and that programs would not open with CSV in them.
local foreign = {xls = true, xlsm = true, xlsb = true, ods = true, pdf = true, doc = true, docx = true, html = true}

local function refuse(message)
    return nil, errors.new("ARGUMENT_INVALID", message, "")
end

--- The format by the options, or else by the end of the file's name -> "csv", "ndjson" or "xlsx" | nil, error
local function format_for(where, options)
    if options.format then
        local format = options.format:lower()
        if not formats[format] then return refuse(text.format:format(format)) end
        return format
    end
    local ending = type(where) == "string" and where:lower():gsub("%.age$", ""):match "%.(%w+)$"
    if foreign[ending] then return refuse(text.unknown:format("." .. ending)) end
    return ending == "xlsx" and "xlsx" or "csv"
end

--- The columns of a workbook -> list | nil, error
local function columns_for(options)
    local list = options.fields or output.chosen.fields
    if not list then return schema.columns "Student" end
    local columns, problem = output.columns(aluno.schema.messages.Student.fields, list)
    if not columns then return refuse(problem) end
    return columns
end

--- Whether the file's name says that it is encrypted, exactly when it is -> true | nil, error
local function check_name(where, options)
    local is_named = type(where) == "string" and where:lower():find "%.age$" ~= nil
    if is_named == (options.recipient ~= nil) then return true end
    if is_named then return refuse(text.recipient) end
    return refuse(text.name_encrypted:format(type(where) == "string" and where or "alunos.csv"))
end

--- Chooses the writer by the options -> a function from write(line) to a writer of output.lua's, or the columns of a
--- workbook | nil, error
local function plan_for(where, options)
    local named, misnamed = check_name(where, options)
    if not named then return nil, misnamed end
    local format, err = format_for(where, options)
    if not format then return nil, err end
    if options.excel and format ~= "csv" then return refuse(text.excel:format(format)) end
    if format == "xlsx" and type(where) ~= "string" then return refuse(text.to_file) end
    if format == "xlsx" and not workbook.available then return refuse(text.no_workbooks) end
    if format == "xlsx" then return columns_for(options) end
    local fields = aluno.schema.messages.Student.fields
    local rows = {message = "Student", fields = fields, excel = options.excel}
    local open, problem = output.plan(rows, {format = format, fields = options.fields})
    if not open then return refuse(problem) end
    return open
end

--- Gives the requested students to a writer: item(student), and problem(), what ended it -> how many | nil, error
local function give_all(client, writer, options)
    return listing.read(client, options, function(students)
        for _, student in ipairs(students) do
            writer.item(student)
        end
        options.result.masked = students[1] and masked.is("Student", students[1]) or options.result.masked
        return writer.problem() and select(2, fail(writer.problem()))
    end)
end

--- Writes the requested students to a function of text -> how many | nil, error
local function write_all(client, out, open, options)
    local problem
    local writer = open(function(line)
        local fine, why = true, nil
        if not problem then fine, why = out(line .. "\n") end
        if not fine then problem = why or "?" end
    end)
    writer.problem = function() return problem end
    return give_all(client, writer, options)
end

--- Whether the sheet of a workbook that was written is XML to its end. The library makes it in the system's temporary
--- folder, and does not notice when that is full.
local function is_whole(path)
    if not archives.available then return true end
    local archive <close> = archives.open(path, math.maxinteger)
    local sheet = archive and archive:entry("xl/worksheets/sheet1.xml", {})
    local more, problem = sheet ~= nil, nil
    while more do
        more, problem = sheet:feed()
    end
    return sheet and not problem
end

--- Writes the requested students to a workbook -> how many | nil, error
local function write_workbook(client, file, columns, options)
    local path = file:lend()
    local book, problem = workbook.create(path, text.sheet, lists.map(columns, language.field))
    if not book then return fail(problem) end
    local count, err = give_all(client, {
        item = function(student)
            local fine, why = book:row(lists.map(columns, function(field)
                local value = student[field.name]
                if value == nil then return "" end
                if dates.is_time(field) then return dates.iso(value) end
                return field.rule == "cpf" and aluno.cpf.format(value) or value
            end))
            if not fine then problem = why end
        end,
        problem = function() return problem end,
    }, options)
    local fine, why = book:close()
    if not count then return nil, err end
    if not fine then return fail(why) end
    if not is_whole(path) then return fail(text.broken) end
    return count
end

--- Writes to the file of that path -> how many students | nil, error
local function write_file(client, path, open, options)
    local file <close>, err = new_file.open(path, options)
    if not file then return nil, err end
    local count
    if type(open) == "table" then
        count, err = write_workbook(client, file, open, options)
    else
        count, err = write_all(client, function(chunk) return file:write(chunk) end, open, options)
    end
    if not count then return nil, err end
    local fine, why = file:commit()
    if not fine then return fail(why) end
    return count
end

--- Writes the students to a file's path, or to a function that takes text and returns true, or nil and the
--- problem -> {students = how many, masked = true if personal values came masked} | nil, error
---
---   format      "csv" by itself, "ndjson", or "xlsx", which a file's name that ends so chooses too
---   excel       CSV as Excel opens it by a double click in Brazil
---   fields      "name,age": these columns, in this order
---   query, order_by  as in list
---   overwrite   replaces an existing file
---   recipient   encrypts the file by age to this public key, or to those of this file; several have commas between them
---   progress    a function called after each page with the number written and the total
---
--- The formats are those of `listar --formato csv` and `--formato ndjson`. Importing removes the ' that neutralises a
--- formula.
function exporting.run(client, where, options)
    options = options or {}
    misuse.check(options, options_known)
    local open, err = plan_for(where, options)
    if not open then return nil, err end
    local write = type(where) == "function" and write_all or write_file
    local count
    local result = {}
    count, err = write(client, where, open, lists.copy(options, {result = result}))
    if not count then return nil, err end
    result.students = count
    return result
end

return exporting
