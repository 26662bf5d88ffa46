-- relatorio: a list of students to print, as HTML or, where Chromium is, as PDF.
local later = require "aluno.later"
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local listing = require "client.listing"
local misuse = require "aluno.misuse"
local new_file = require "client.new_file"
local output = require "client.output"
local page = later "commands.report.page"
local pdf = later "commands.report.pdf"
local request = require "client.request"
local schema = require "client.schema"
local session = require "client.session"
local terminal = require "program.terminal"

local text = language.of {
    pt = {
        html = "%s gravada em %s: abra no navegador e imprima", pdf = "%s gravada em %s", one = "Relação de 1 aluno",
        many = "Relação de %d alunos", usual_name = "alunos-%Y-%m-%d",
        ending = "relatorio grava .html e .pdf, não %s", to_file = "um PDF se grava em um arquivo: --saida turma.pdf",
    },
    en = {
        html = "%s written to %s: open it in the browser and print it", pdf = "%s written to %s", one = "List of 1 student",
        many = "List of %d students", usual_name = "students-%Y-%m-%d",
        ending = "report writes .html and .pdf, not %s", to_file = "PDF is written to a file: --output class.pdf",
    },
}

local usual_columns = "name,age,br_document"

local options_known = {
    title = "string", school = "string", fields = "string", query = "string", order_by = "string", full_cpf = "boolean",
    overwrite = "boolean", progress = "function",
}

local endings = {html = "html", htm = "html", pdf = "pdf"}

local function refuse(message)
    return nil, errors.new("ARGUMENT_INVALID", message, "")
end

--- Reads the students into a page -> page | nil, error
local function read(client, options)
    local columns, problem = output.columns(aluno.schema.messages.Student.fields, options.fields or usual_columns)
    if not columns then return refuse(problem) end
    local school = options.school or os.getenv "ALUNO_SCHOOL"
    local new = page.new {
        title = options.title, school = school ~= "" and school or nil, query = options.query, columns = columns,
        full_cpf = options.full_cpf,
    }
    local by_name = {query = options.query, order_by = options.order_by or "name", progress = options.progress}
    local count, err = listing.read(client, by_name, function(students)
        for _, student in ipairs(students) do
            new:add(student)
        end
    end)
    if not count then return nil, err end
    return new, count
end

--- Reads and writes by write(text) -> {students = how many} | nil, error
local function write_page(client, write, options, program)
    local new, count = read(client, options)
    if not new then return nil, count end
    local content, err = new:html(), nil
    if program then content, err = pdf.print(program, content) end
    if not content then return nil, err end
    local fine, problem = write(content)
    if not fine then return new_file.fail(problem) end
    return {students = count}
end

--- Checks the extension of the file's name -> true, and for PDF the program that prints it | nil, error
local function check_ending(path)
    local ending = path:match "%.(%w+)$"
    local format = endings[(ending or ""):lower()]
    if not format then return refuse(text.ending:format(ending and "." .. ending or path)) end
    if format ~= "pdf" then return true end
    local program, err = pdf.program()
    if not program then return nil, err end
    return true, program
end

local function write_file(client, path, options)
    local fine, program = check_ending(path)
    if not fine then return nil, program end
    local file <close>, err = new_file.open(path, options)
    if not file then return nil, err end
    local written
    written, err = write_page(client, function(content) return file:write(content) end, options, program)
    if not written then return nil, err end
    local problem
    fine, problem = file:commit()
    if not fine then return new_file.fail(problem) end
    return written
end

--- Writes a list of students to print, to a file's path or to a function that takes text and returns true, or nil and the
--- problem -> {students = how many} | nil, error
---
---   title, school    the heading; the school is that of ALUNO_SCHOOL or the settings if left out
---   fields           "name,age": these columns, in this order
---   query, order_by  as in list; alphabetical if left out
---   full_cpf         CPFs are shown whole
---   overwrite        replaces an existing file
---   progress         a function called after each page with the number read and the total
local function report(where, options)
    options = misuse.check(options or {}, options_known)
    local client, err = session.client()
    if not client then return nil, err end
    return (type(where) == "function" and write_page or write_file)(client, where, options)
end

--- A name that no file here has.
local function usual_path()
    local day, number = os.date(text.usual_name), 1
    local path = day .. ".html"
    while core.host.is_regular_file(path) ~= nil do
        number = number + 1
        path = ("%s-%d.html"):format(day, number)
    end
    return path
end

--- The file that the arguments name: by --saida, or as the last word of the search; on a terminal there is always one.
local function take_path(arguments)
    local path, words = arguments.output, arguments.words or {}
    local is_name = not path and words[#words] and words[#words]:find "^[^@]+%.%a%a%a%a?$"
    if is_name then path = table.remove(words) end
    arguments.output = nil
    return path or terminal.output and usual_path() or nil
end

local function run(arguments, io)
    local path = take_path(arguments)
    request.take_query(arguments)
    local progress, bar <close> = listing.bar()
    arguments.progress = path and progress -- none for stdout
    local written, err = report(path or function(content)
        io.data((content:gsub("\n$", "")))
        return true
    end, arguments)
    bar.finish()
    if not written then return errors.report(err, io.say) end
    local what = written.students == 1 and text.one or text.many:format(written.students)
    if path then io.say(text[endings[path:match "%w+$":lower()]]:format(what, path)) end
    return 0
end

return {
    verb = {en = "report", pt = "relatorio"},
    setmetatable({help = {
        en = "Whom to list, as in list; all if left out", pt = "Quem listar, como em listar; todos se omitida",
    }}, {__index = request.search_operand}),
    doc = {en = "writes a list of students to print: HTML or PDF", pt = "grava uma lista de alunos para imprimir: HTML ou PDF"},
    group = "files",
    flags = {
        {name = "output", name_pt = "saida", value = {en = "FILE", pt = "ARQUIVO"}, help = {
            en = "The file, .html or .pdf", pt = "O arquivo, .html ou .pdf",
        }},
        {name = "title", name_pt = "titulo", help = {en = "The heading", pt = "O título"}},
        {name = "school", name_pt = "escola", value = {en = "NAME", pt = "NOME"}, help = {
            en = "The school's name, if not that of the settings", pt = "O nome da escola, se não é o da configuração",
        }},
        setmetatable({help = {
            en = "The columns: name,age,br_document if left out", pt = "As colunas: nome,idade,cpf se omitidas",
        }}, {__index = output.flags[2]}),
        schema.field("ListStudentsRequest", "query"),
        schema.field("ListStudentsRequest", "order_by"),
        {name = "full_cpf", name_pt = "cpf_completo", kind = "bool", help = {
            en = "Show CPFs whole, not as ***.982.247-**", pt = "Mostrar os CPFs inteiros, não como ***.982.247-**",
        }},
        new_file.flag,
    },
    call = report,
    run = run,
}
