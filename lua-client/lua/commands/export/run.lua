-- Writes the students, page after page, as CSV or as lines of JSON: to a file, which gets its name when it is complete,
-- or to a function.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local misuse = require "aluno.misuse"
local output = require "client.output"
local pages = require "aluno.pages"
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

local formats = {csv = true, ndjson = true}

local function fail(problem)
    return core.fail("FILE_UNUSABLE", problem)
end

local function refuse(message)
    return nil, errors.new("ARGUMENT_INVALID", message, "")
end

--- Chooses the writer by the options -> a function from write(line) to a writer of output.lua's | nil, error
local function plan_for(options)
    local format = (options.format or "csv"):lower()
    if not formats[format] then return refuse(text.format:format(format)) end
    if options.excel and format ~= "csv" then return refuse(text.excel:format(format)) end
    local fields = aluno.schema.messages.Student.fields
    local rows = {message = "Student", fields = fields, excel = options.excel}
    local open, problem = output.plan(rows, {format = format, fields = options.fields})
    if not open then return refuse(problem) end
    return open
end

--- Writes the requested students to a function of text -> how many | nil, error
local function write_all(client, out, open, options)
    local count, problem = 0, nil
    local writer = open(function(line)
        local fine, why = true, nil
        if not problem then fine, why = out(line .. "\n") end
        if not fine then problem = why or "?" end
    end)
    local function list(request) return client:list(request) end
    for _, page, err in pages(list, {query = options.query, order_by = options.order_by}) do
        if not page then return nil, err end
        for _, student in ipairs(page.students) do
            writer.item(student)
        end
        if problem then return fail(problem) end
        count = count + #page.students
        if options.progress then options.progress(count, page.total_size) end
    end
    return count
end

--- Writes to the file of that path -> how many students | nil, error
local function write_file(client, path, open, options)
    if core.host.is_regular_file(path) and not options.overwrite then
        return nil, errors.new("FILE_UNUSABLE", text.exists:format(path), text.overwrite)
    end
    local file <close>, problem = replacement.open(path)
    if not file then return fail(problem) end
    local count, err = write_all(client, function(chunk) return file:write(chunk) end, open, options)
    if not count then return nil, err end
    local fine, why = file:commit()
    if not fine then return fail(why) end
    return count
end

--- Writes the students to a file's path, or to a function that takes text and returns true, or nil and the
--- problem -> {students = how many} | nil, error
---
---   format      "csv" by itself, or "ndjson"
---   excel       CSV as Excel opens it by a double click in Brazil
---   fields      "name,age": these columns, in this order
---   query, order_by  as in list
---   overwrite   replaces an existing file
---   progress    a function called after each page with the number written and the total
---
--- The formats are those of `listar --formato csv` and `--formato ndjson`. Importing removes the ' that neutralises a
--- formula.
function exporting.run(client, where, options)
    options = options or {}
    misuse.check(options, options_known)
    local open, err = plan_for(options)
    if not open then return nil, err end
    local write = type(where) == "function" and write_all or write_file
    local count
    count, err = write(client, where, open, options)
    if not count then return nil, err end
    return {students = count}
end

return exporting
