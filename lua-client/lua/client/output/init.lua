-- Output of commands: in one of the formats of output/, with all columns or the chosen ones.
-- Tables and CSV have headings in the user's language; JSON and Lua have the contract's names. Values are the same in
-- every language.
--
-- `rows` describes the data: {fields = {…}, message = "Student", single = true, totals = {…}}. Its fields are as in the
-- schema, or have shown(value), the text of a table's cell; `message` is their message, nil when the contract has none;
-- `single`: one value, not a list; `totals`: fields of a reply about its whole list; `table_columns`: what tables show,
-- unless columns are chosen, where other formats write more. A file of output/ returns {name = {en =, pt =}, open =}.
-- open(rows, write) gets in `columns` the chosen fields, or those that tables show, and returns a writer: item(item) for
-- each, close(reply) at the end, with the last reply if there was one.
local aluno = require "aluno"
local language = require "client.language"
local lists = require "aluno.lists"
local pager = require "client.pager"
local schema = require "client.schema"
local terminal = require "program.terminal"

local output = {}

local text = language.of {
    pt = {format = "não há o formato %s; há: %s", column = "não há a coluna '%s'; há: %s"},
    en = {format = "there is no format %s; there are: %s", column = "there is no column '%s'; there are: %s"},
}

local formats = lists.map({"table", "json", "ndjson", "csv", "lua"}, function(name)
    return require("client.output." .. name)
end)

--- The flags of every command with output.
output.flags = {
    {
        name = "format", name_pt = "formato", value = {en = "FORMAT", pt = "FORMATO"},
        label = {en = "Format: table, json, ndjson, csv or lua", pt = "Formato: tabela, json, ndjson, csv ou lua"},
    },
    {
        name = "fields", name_pt = "campos", value = {en = "COLUMNS", pt = "COLUNAS"},
        label = {en = "Columns: name,age", pt = "Colunas: nome,idade"},
    },
}

--- The session's defaults: {format =, fields =}, from the program's flags, \formato and \campos.
output.chosen = {}

--- Looks up a format by its name in either language -> format | nil, problem
function output.format(name)
    for _, format in ipairs(formats) do
        if format.name.en == name:lower() or format.name.pt == name:lower() then return format end
    end
    return nil, text.format:format(name, table.concat(output.format_names(), ", "))
end

--- The formats' names in the user's language.
function output.format_names()
    return lists.map(formats, function(format) return format.name[language.name] end)
end

--- Parses "name,age", in either language -> fields in that order | nil, problem
function output.columns(fields, list)
    local columns = {is_chosen = true}
    for name in (list .. ","):gmatch "%s*(.-)%s*," do
        local field = schema.field_named(fields, name:lower())
        if not field then
            return nil, text.column:format(name, table.concat(lists.map(fields, language.field), ", "))
        end
        columns[#columns + 1] = field
    end
    return columns
end

--- Parses fields that are not in the contract, "time=hora id=id:int": names in both languages, and a kind unless it is
--- text.
function output.row_fields(names)
    local fields = {}
    for name, name_pt, kind in names:gmatch "([%w_]+)=([%w_]+):?(%w*)" do
        fields[#fields + 1] = {name = name, name_pt = name_pt, kind = kind ~= "" and kind or "text"}
    end
    return fields
end

--- The check of each choice's value -> true | nil, problem
output.checks = {
    format = output.format,
    fields = function(list) return output.columns(aluno.schema.messages.Student.fields, list) end,
}

--- Chooses the session's format, or the columns of students; without a value, the usual ones -> true | nil, problem
function output.choose(what, value)
    local known, problem = true, nil
    if value then known, problem = output.checks[what](value) end
    if not known then return nil, problem end
    output.chosen[what] = value
    return true
end

--- Returns whether a command, or the session, sets a format or columns.
function output.is_asked(choice)
    return (choice.format or choice.fields or output.chosen.format or output.chosen.fields) ~= nil
end

--- Removes the output flags from a command's arguments -> {format =, fields =}
function output.take(arguments)
    local choice = {format = arguments.format, fields = arguments.fields}
    arguments.format, arguments.fields = nil, nil
    return choice
end

local function of_kind(fields, kind)
    return lists.map(fields, function(field) return field.kind == kind and field end)
end

--- The columns of an audit event in tables, the method without the service's name.
local function event_columns()
    local names = {"time", "caller_name", "caller_role", "method", "student_ids", "fields", "code"}
    return lists.map(names, function(name)
        local field = schema.field("AuditEvent", name)
        if name ~= "method" then return field end
        return setmetatable({shown = function(method) return method:match "[^/]*$" end}, {__index = field})
    end)
end

--- Returns the rows of a method's reply: the elements of a paged list, else the reply itself. Where the request asks for
--- removed students, tables show when each was removed.
function output.rows(method, request)
    local message = aluno.schema.messages[method.reply]
    local list = message.by_name.next_page_token and of_kind(message.fields, "list")[1]
    if not list then return {message = method.reply, fields = message.fields, single = true} end
    local fields = aluno.schema.messages[list.type].fields
    local removed = request and request.show_deleted and schema.field(list.type, "delete_time")
    return {
        message = list.type, fields = fields, list = list.name, totals = of_kind(message.fields, "int"),
        more_columns = {removed or nil}, table_columns = list.type == "AuditEvent" and event_columns() or nil,
    }
end

--- Orders a list that people see by name, unless they choose an order or the kind of rows has none.
function output.order(method, request, choice)
    local message = aluno.schema.messages[method.request]
    local is_for_people = terminal.output and not output.is_asked(choice)
    if is_for_people and message.by_name.order_by and not request.order_by then request.order_by = "name" end
end

--- The session's columns apply to rows that have them.
local function chosen_fields(rows, choice)
    if choice.fields then return output.columns(rows.fields, choice.fields) end
    return output.chosen.fields and (output.columns(rows.fields, output.chosen.fields))
end

--- Chooses the writer of those rows: the command's format, else the session's, else a table on a terminal and a line of
--- JSON per row elsewhere -> a function from write(line) to a writer | nil, problem
function output.plan(rows, choice)
    local name = choice.format or output.chosen.format or (terminal.output and "table" or "ndjson")
    local format, problem = output.format(name)
    if not format then return nil, problem end
    local columns
    columns, problem = chosen_fields(rows, choice)
    if problem then return nil, problem end
    local shown = setmetatable({chosen = columns ~= nil, fields = columns}, {__index = rows})
    shown.columns = columns or rows.message and schema.columns(rows.message) or rows.fields
    if not columns then shown.columns = lists.join(shown.columns, rows.more_columns or {}) end
    return function(write)
        return format.open(shown, write)
    end
end

--- Writes a reply's rows to a writer.
function output.reply(rows, writer, reply)
    for _, item in ipairs(rows.single and {reply} or reply[rows.list]) do
        writer.item(item)
    end
end

--- Writes items by a command's arguments -> exit code | nil, problem
function output.show(rows, items, arguments)
    local open, problem = output.plan(rows, output.take(arguments))
    if not open then return nil, problem end
    local sink <close> = pager.open()
    local writer = open(sink.write)
    for _, item in ipairs(items) do
        writer.item(item)
    end
    writer.close()
    return 0
end

return output
