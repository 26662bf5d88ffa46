-- exportar: writes the students to a file, or to stdout.
local aluno = require "aluno"
local exporting = require "commands.export.run"
local failures = require "client.errors"
local language = require "client.language"
local output = require "client.output"
local session = require "client.session"

local text = language.of {
    pt = {exported = "%d alunos exportados para %s"},
    en = {exported = "%d students exported to %s"},
}

--- A bar while a file is written; what goes to stdout shows by itself how far it is.
local function watch()
    local bar
    return {
        progress = function(count, total)
            bar = bar or aluno.progress(total)
            bar:set(count)
        end,
        finish = function()
            if bar then bar:finish() end
        end,
    }
end

local function export(where, options)
    local client, err = session.client()
    if not client then return nil, err end
    return exporting.run(client, where, options)
end

local function run(arguments, io)
    local path, watching = arguments[1], watch()
    local _ <close> = setmetatable({}, {__close = watching.finish})
    local written, err = export(path or function(piece)
        io.data((piece:gsub("\n$", "")))
        return true
    end, {
        format = arguments.format or output.chosen.format,
        excel = arguments.excel,
        fields = arguments.fields or output.chosen.fields,
        query = arguments.query,
        order_by = arguments.order_by,
        overwrite = arguments.overwrite,
        progress = path and watching.progress,
    })
    watching.finish()
    if written and path then io.say(text.exported:format(written.students, path)) end
    if written then return 0 end
    failures.tell(err, io.say)
    return failures.exit_code(err)
end

local function flag(name, name_pt, kind, en, pt)
    return {name = name, name_pt = name_pt, kind = kind, label = {en = en, pt = pt}}
end

--- A flag that is a field of the list's request.
local function list_flag(name)
    for _, field in ipairs(aluno.schema.messages.ListStudentsRequest.fields) do
        if field.name == name then return field end
    end
end

return {
    verb = {en = "export", pt = "exportar"},
    arguments = {en = "[FILE]", pt = "[ARQ]"},
    doc = {en = "writes the students to a file, or to stdout", pt = "grava os alunos em um arquivo, ou na saída padrão"},
    flags = {
        flag("format", "formato", "text", "Format: csv or ndjson", "Formato: csv ou ndjson"),
        flag("excel", "excel", "bool", "CSV that Excel opens by a double click in Brazil",
            "CSV que o Excel abre com um clique duplo"),
        flag("fields", "campos", "text", "Columns: name,age", "Colunas: nome,idade"),
        list_flag "query",
        list_flag "order_by",
        flag("overwrite", "sobrescrever", "bool", "Replace a file that has the name", "Substituir um arquivo que tem o nome"),
    },
    call = export,
    run = run,
}
