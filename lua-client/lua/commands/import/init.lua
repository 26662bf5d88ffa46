-- importar: registers the students of a CSV file, and says what became of them.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local importing = require "commands.import.run"
local language = require "client.language"
local lists = require "aluno.lists"
local schema = require "client.schema"
local session = require "client.session"

local text = language.of {
    pt = {
        registered = "Linhas: %d. Cadastradas: %d; já cadastradas antes: %d; recusadas: %d",
        validated = "Nada foi gravado. Linhas: %d. A cadastrar: %d; já cadastradas: %d; a recusar: %d",
        rejects = "As recusadas, com a razão de cada uma, estão em %s: corrija-as ali e importe esse arquivo",
        doubtful = "CPFs de dígitos verificadores que não conferem: %d (linhas %s)",
        zeros_lost = "CPFs que parecem ter perdido zeros à esquerda: %d (linhas %s); --completar-cpf os põe",
        zeros_added = "CPFs que ganharam de volta os zeros à esquerda: %d (linhas %s)",
        stopped = "A importação parou. O mesmo comando continua de onde ela parou",
    },
    en = {
        registered = "Rows: %d. Registered: %d; registered before: %d; rejected: %d",
        validated = "Nothing was stored. Rows: %d. To be registered: %d; registered already: %d; to be rejected: %d",
        rejects = "Those rejected, each with its reason, are in %s: correct them there and import that file",
        doubtful = "CPFs whose check digits do not match: %d (lines %s)",
        zeros_lost = "CPFs that seem to have lost zeros on the left: %d (lines %s); --pad-cpf adds them",
        zeros_added = "CPFs that got their zeros on the left again: %d (lines %s)",
        stopped = "The import has stopped. The same command goes on from there",
    },
}

local function report(summary, say)
    local counts = summary.validated and text.validated or text.registered
    say(counts:format(summary.rows, summary.registered, summary.present, summary.rejected))
    for _, name in ipairs(lists.keys(summary.reasons)) do
        say(("  %6d  %s: %s"):format(summary.reasons[name], name, aluno.schema.reasons[name].text[language.name]))
    end
    for _, name in ipairs {"doubtful", "zeros_lost", "zeros_added"} do
        local lines = summary[name]
        local named = table.concat(lines, ", ") .. (lines.count > #lines and " …" or "")
        if lines.count > 0 then say(text[name]:format(lines.count, named)) end
    end
    if summary.rejects then say(text.rejects:format(summary.rejects)) end
end

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
        if last then report(last, say) end
        say(text.stopped)
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
    local summary, err, partial = import(path, arguments)
    watching.finish()
    if summary or partial then report(summary or partial, io.say) end
    if not err then return summary.rejected > 0 and core.exit.partial or 0 end
    local code = errors.report(err, io.say)
    if partial then io.say(text.stopped) end
    return code
end

local function flag(name, name_pt, en, pt)
    return {name = name, name_pt = name_pt, kind = "bool", help = {en = en, pt = pt}}
end

return {
    verb = {en = "import", pt = "importar"},
    {name = "file", value = {en = "FILE", pt = "ARQUIVO"}},
    doc = {en = "registers the students of a CSV file", pt = "cadastra os alunos de um arquivo CSV"},
    group = "files",
    flags = {
        setmetatable({also = {"validar", "validate"}}, {__index = schema.field("CreateStudentRequest", "validate_only")}),
        flag("atomic", "atomico", "Batches of 100 rows, each all or none", "Lotes de 100 linhas: de cada um, todas ou nenhuma"),
        flag("pad_cpf", "completar_cpf",
            "Add the zeros on the left that spreadsheets take from CPFs, where the check digits are then right",
            "Pôr os zeros à esquerda que planilhas tiram de CPFs, onde os dígitos verificadores então conferem"),
        flag("ignore_others", "ignorar_outras", "Leave out columns that are not known",
            "Deixar de fora colunas desconhecidas"),
        {name = "rejects", name_pt = "rejeitados", value = {en = "FILE", pt = "ARQUIVO"}, help = {
            en = "File for the rejected rows (FILE.rejects.csv if left out)",
            pt = "Arquivo para as linhas recusadas (ARQUIVO.rejeitados.csv se omitido)",
        }},
    },
    call = import,
    run = run,
}
