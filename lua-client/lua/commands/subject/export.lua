-- titular exportar: what is held on a person, as data or as a sheet.
local aluno = require "aluno"
local errors = require "client.errors"
local held = require "commands.subject.held"
local json = require "client.json_lines"
local language = require "client.language"
local new_file = require "client.new_file"
local pager = require "client.pager"
local schema = require "client.schema"
local sheet = require "commands.subject.sheet"
local terminal = require "program.terminal"

local text = language.of {
    pt = {
        ending = "--saida grava .json (os dados) ou .html (uma folha para ler), não %s",
        written = "Gravado: %s",
    },
    en = {
        ending = "--output writes .json (the data) or .html (a sheet to read), not %s",
        written = "Written: %s",
    },
}

local rows = {fields = aluno.schema.messages.Subject.fields}

local contents = {
    json = function(found) return json.row(rows, found) .. "\n" end,
    html = sheet.html,
}

--- A sheet for who reads it, data for a program.
local function show(found, io)
    if not terminal.output then return io.data(json.row(rows, found)) end
    local sink <close> = pager.open()
    for _, line in ipairs(sheet.lines(found)) do
        sink.write(line)
    end
end

return function(arguments, io)
    local path = arguments.output
    local write = path and contents[(path:lower():match "%.(%w+)$")]
    if path and not write then return nil, text.ending:format(path) end
    local found, err = held.read(arguments.br_document)
    if not found then return errors.report(err, io.say, schema.method "ExportSubject") end
    if not path then
        show(found, io)
        return 0
    end
    local fine
    fine, err = new_file.write(path, write(found), arguments)
    if not fine then return errors.report(err, io.say) end
    io.say(text.written:format(path))
    return 0
end
