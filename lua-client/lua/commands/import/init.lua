-- importar: registers the students of a spreadsheet, and says what became of them.
local later = require "aluno.later"
local aluno = require "aluno"
local confirm = require "client.confirm"
local core = require "core"
local errors = require "client.errors"
local importing = later "commands.import.run"
local language = require "client.language"
local lists = require "aluno.lists"
local report = later "commands.import.report"
local schema = require "client.schema"
local session = require "client.session"

local stopped = language.of {
    pt = "A importação parou. O mesmo comando continua de onde ela parou",
    en = "The import has stopped. The same command goes on from there",
}

--- Shows how far the import has come, and how far it came when something raises: Ctrl-C does.
local function watch(say)
    local bar, last, ended
    local self = {}

    function self.progress(summary, total)
        bar = bar or aluno.progress(total)
        last = summary
        bar:set(summary.rows, total)
    end

    function self.finish()
        ended = true
        if bar then bar:finish() end
    end

    return setmetatable(self, {__close = function()
        if ended then return end
        self.finish()
        if last then report.write(last, say) end
        say(stopped)
    end})
end

local function import(path, options)
    local client, err = session.client()
    if not client then return nil, err end
    return importing.run(client, path, options)
end

local function run(arguments, io)
    local watching <close> = watch(io.say)
    local path = arguments.file
    arguments.file, arguments.progress = nil, watching.progress
    arguments.asks = io.interactive and function(question) return (confirm.ask(io, question, true)) end or nil
    local summary, err, partial = import(path, arguments)
    watching.finish()
    if summary or partial then report.write(summary or partial, io.say) end
    if not err then return summary.rejected > 0 and core.exit.partial or 0 end
    local code = errors.report(err, io.say)
    if partial then io.say(stopped) end
    return code
end

local function flag(name, name_pt, en, pt)
    return {name = name, name_pt = name_pt, kind = "bool", help = {en = en, pt = pt}}
end

return {
    verb = {en = "import", pt = "importar"},
    {name = "file", value = {en = "FILE", pt = "ARQUIVO"}},
    doc = {en = "registers the students of a spreadsheet: CSV, .xlsx, or CSV from stdin (-)",
        pt = "cadastra os alunos de uma planilha: CSV, .xlsx, ou CSV da entrada padrão (-)"},
    group = "files",
    flags = {
        setmetatable({also = {"validar", "validate"}}, {__index = schema.field("CreateStudentRequest", "validate_only")}),
        flag("atomic", "atomico", "Batches of 100 rows, each all or none", "Lotes de 100 linhas: de cada um, todas ou nenhuma"),
        flag("update", "atualizar", "Change students who are registered to the file's values",
            "Mudar alunos já cadastrados para os valores do arquivo"),
        lists.copy(flag("pad_cpf", "completar_cpf",
            "Add the zeros on the left that spreadsheets take from CPFs, where the check digits are then right; no with false",
            "Pôr os zeros à esquerda que planilhas tiram de CPFs, onde os dígitos verificadores então conferem; false para não"),
            {default = true}),
        {name = "column", name_pt = "coluna", many = true, value = {en = "FIELD=HEADING", pt = "CAMPO=TÍTULO"}, help = {
            en = "Which column a field is in, as name=Pupil; again for others",
            pt = "Em que coluna está um campo, como nome=Aluno; de novo para outros",
        }},
        {name = "dates", name_pt = "datas", value = {en = "day/month|month/day", pt = "dia/mês|mês/dia"}, help = {
            en = "What dates such as 05/03/2010 are, where none of the file decides",
            pt = "O que são datas como 05/03/2010, quando nenhuma do arquivo decide",
        }},
        {name = "encoding", name_pt = "codificacao", value = {en = "NAME", pt = "NOME"}, help = {
            en = "Encoding of the file: utf-8, utf-16, cp1252, cp850, cp860 or macroman (found out if left out)",
            pt = "Codificação do arquivo: utf-8, utf-16, cp1252, cp850, cp860 ou macroman (descoberta se omitida)",
        }},
        {name = "sheet", name_pt = "planilha", value = {en = "NAME", pt = "NOME"}, help = {
            en = "Sheet of an Excel workbook, by its name or number (the first if left out)",
            pt = "Planilha de uma pasta de trabalho do Excel, pelo nome ou número (a primeira se omitida)",
        }},
        flag("ignore_others", "ignorar_outras", "Say nothing of columns that are not known",
            "Não falar de colunas desconhecidas"),
        {name = "rejects", name_pt = "rejeitados", value = {en = "FILE", pt = "ARQUIVO"}, help = {
            en = "File for the rejected rows (FILE.rejects.csv if left out; of stdin, stdin.rejects.csv)",
            pt = "Arquivo para as linhas recusadas (ARQUIVO.rejeitados.csv se omitido; da entrada, stdin.rejeitados.csv)",
        }},
    },
    call = import,
    run = run,
}
