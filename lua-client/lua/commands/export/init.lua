-- exportar: writes the students to a file, or to stdout.
local later = require "aluno.later"
local exporting = later "commands.export.run"
local errors = require "client.errors"
local language = require "client.language"
local listing = require "client.listing"
local masked = require "client.masked"
local new_file = require "client.new_file"
local output = require "client.output"
local schema = require "client.schema"
local session = require "client.session"

local text = language.of {
    pt = {
        one = "1 aluno exportado para %s", many = "%d alunos exportados para %s",
        columns = "O arquivo tem só as colunas %s, as da sessão; --campos escolhe outras",
    },
    en = {
        one = "1 student exported to %s", many = "%d students exported to %s",
        columns = "The file has only the columns %s, those of the session; --fields chooses others",
    },
}

local function export(where, options)
    local client, err = session.client()
    if not client then return nil, err end
    return exporting.run(client, where, options)
end

local function run(arguments, io)
    local path = arguments.file
    local progress, bar <close> = listing.bar()
    local function write(chunk)
        io.data((chunk:gsub("\n$", "")))
        return true
    end
    local is_named = path and path:lower():gsub("%.age$", ""):find "%.xlsx$"
    arguments.file, arguments.format = nil, arguments.format or not is_named and output.chosen.format or nil
    arguments.progress = path and progress -- none for stdout
    local written, err = export(path or write, arguments)
    bar.finish()
    if not written then return errors.report(err, io.say) end
    if path then
        local sentence = written.students == 1 and text.one or text.many:gsub("%%d", written.students)
        io.say(sentence:format(path))
    end
    if written.masked then masked.note_export(io.say) end
    if not path then return 0 end
    local of_session = not arguments.fields and output.chosen.fields
    if of_session then io.say(text.columns:format(of_session)) end
    return 0
end

return {
    verb = {en = "export", pt = "exportar"},
    {name = "file", value = {en = "FILE", pt = "ARQUIVO"}, optional = true},
    doc = {en = "writes the students to a file, or to stdout", pt = "grava os alunos em um arquivo, ou na saída padrão"},
    group = "files",
    flags = {
        setmetatable({help = {
            en = "Format: csv, ndjson or xlsx (by FILE's end if left out)",
            pt = "Formato: csv, ndjson ou xlsx (pelo fim do nome de ARQUIVO se omitido)",
        }}, {__index = output.flags[1]}),
        {name = "excel", kind = "bool", help = {
            en = "CSV that Excel opens by a double click in Brazil",
            pt = "CSV que o Excel abre com um clique duplo",
        }},
        output.flags[2],
        schema.field("ListStudentsRequest", "query"),
        schema.field("ListStudentsRequest", "order_by"),
        {name = "recipient", name_pt = "para", value = {en = "KEY", pt = "CHAVE"}, label = {
            en = "Encrypt by age to this public key, or file of them: class.csv.age",
            pt = "Cifrar com age para esta chave pública, ou arquivo delas: turma.csv.age",
        }},
        new_file.flag,
    },
    call = export,
    run = run,
}
