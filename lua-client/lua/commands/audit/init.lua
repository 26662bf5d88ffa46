-- auditoria: the audit's events, and what a certificate did in an incident.
--
-- No certificate reads both the audit and students. So an incident's names come in two steps: an auditor's
-- certificate writes a file of ids, to which a registrar's adds the names.
local later = require "aluno.later"
local errors = require "client.errors"
local incident = later "commands.audit.incident"
local language = require "client.language"
local lists = require "aluno.lists"
local moments = require "client.moments"
local new_file = require "client.new_file"
local notice = later "commands.audit.notice"
local options = require "aluno.options"
local output = require "client.output"
local schema = require "client.schema"

local text = language.of {
    pt = {
        what = "auditoria aceita listar ou incidente, não '%s'",
        moment = "%s: '%s' não é um momento; escreva 16/11/2026, 16/11/2026 09:30 ou 2026-11-16T12:30:05Z",
        certificate = "diga de qual certificado: --certificado NOME ou --certificado SÉRIE",
        only_incident = "%s é para auditoria incidente",
        not_incident = "%s é para auditoria listar",
        ending = "--saida grava .csv (a lista) ou .md (o rascunho da comunicação), não %s",
        names = "quem lê a auditoria não lê alunos, e por isso não sabe nomes. Em dois passos: com o certificado de auditor, "
            .. "aluno auditoria incidente --certificado … --saida incidente.csv; com o de secretaria, "
            .. "aluno auditoria incidente --arquivo incidente.csv --com-nomes",
        no_names = "--arquivo é para acrescentar nomes: junte --com-nomes",
        list_only = "com --com-nomes, --saida grava a lista: .csv",
        summary = "Alunos: %d; consultas: %d; alterações: %d; tentativas recusadas: %d",
        written = "Gravado: %s",
    },
    en = {
        what = "audit takes list or incident, not '%s'",
        moment = "%s: '%s' is not a moment; write 16/11/2026, 16/11/2026 09:30 or 2026-11-16T12:30:05Z",
        certificate = "say which certificate: --certificate NAME or --certificate SERIAL",
        only_incident = "%s is for audit incident",
        not_incident = "%s is for audit list",
        ending = "--output writes .csv (the list) or .md (the draft of the notice), not %s",
        names = "who reads the audit does not read students, and so does not know names. In two steps: with an auditor's "
            .. "certificate, aluno audit incident --certificate … --output incident.csv; with a registrar's, "
            .. "aluno audit incident --file incident.csv --with-names",
        no_names = "--file is for adding names: give --with-names too",
        list_only = "with --with-names, --output writes the list: .csv",
        summary = "Students: %d; reads: %d; changes: %d; refused attempts: %d",
        written = "Written: %s",
    },
}

local list_events = schema.method "ListAuditEvents"

local file_value = {en = "FILE", pt = "ARQUIVO"}

--- `own`: the name of the request's field, where that is another.
local function flag(name, name_pt, value_en, value_pt, en, pt, own)
    return {
        name = name, name_pt = name_pt, value = {en = value_en, pt = value_pt}, help = {en = en, pt = pt},
        also = own and {own},
    }
end

local flags = lists.join({
    flag("from", "de", "MOMENT", "MOMENTO", "From this day, or moment, on: 16/11/2026 09:30",
        "Desde este dia, ou momento: 16/11/2026 09:30", "from_time"),
    flag("to", "ate", "MOMENT", "MOMENTO", "Until this day, or moment, inclusive", "Até este dia, ou momento, inclusive",
        "to_time"),
    flag("certificate", "certificado", "NAME|SERIAL", "NOME|SÉRIE", "Of this certificate: its name or serial number",
        "Deste certificado: nome ou número de série", "caller"),
    {name = "student", name_pt = "aluno", also = {"student_id"}, kind = "int", value = {en = "ID", pt = "ID"},
        help = {en = "list: about this student", pt = "listar: sobre este aluno"}},
    flag("method", "metodo", "METHOD", "MÉTODO", "list: of this method: GetStudent", "listar: deste método: GetStudent"),
    flag("code", "codigo", "CODE", "CÓDIGO", "list: with this outcome: OK, PERMISSION_DENIED",
        "listar: com este resultado: OK, PERMISSION_DENIED"),
    flag("output", "saida", file_value.en, file_value.pt,
        "incident: write this file: .csv is the list, .md the draft of the notice",
        "incidente: gravar este arquivo: .csv é a lista, .md o rascunho da comunicação"),
    {name = "with_names", name_pt = "com_nomes", kind = "bool",
        help = {en = "incident: add the students' names to --file, with a certificate that may read students",
            pt = "incidente: acrescentar os nomes dos alunos a --arquivo, com um certificado que lê alunos"}},
    flag("file", "arquivo", file_value.en, file_value.pt, "incident: the list that --output wrote",
        "incidente: a lista que --saida gravou"),
    new_file.flag,
}, output.flags)

--- A flag as it is typed, by its key.
local function written(name)
    for _, each in ipairs(flags) do
        if each.name == name then return options.written(each) end
    end
end

-- ---- requests ----

local function parse_moment(arguments, name)
    local typed = arguments[name]
    if not typed then return nil end
    local moment = moments.parse(typed, name == "to")
    if not moment then return nil, text.moment:format(written(name), typed) end
    return moment
end

--- The request that the flags describe -> request | nil, problem
local function request_of(arguments)
    local from, bad_from = parse_moment(arguments, "from")
    local to, bad_to = parse_moment(arguments, "to")
    if bad_from or bad_to then return nil, bad_from or bad_to end
    return {
        from_time = from, to_time = to, caller = arguments.certificate, student_id = arguments.student,
        method = arguments.method, code = arguments.code,
    }
end

--- Refuses flags of the other action -> true | nil, problem
local function check_flags(arguments, names, sentence)
    for _, name in ipairs(names) do
        if arguments[name] then return nil, sentence:format(written(name)) end
    end
    return true
end

-- ---- listar ----

local function list(arguments, io)
    local fine, problem = check_flags(arguments, {"output", "with_names", "file", "overwrite"}, text.only_incident)
    if not fine then return nil, problem end
    local request
    request, problem = request_of(arguments)
    if not request then return nil, problem end
    return io.call(list_events, lists.copy(request, {format = arguments.format, fields = arguments.fields}))
end

-- ---- incidente ----

local function rows()
    return {fields = incident.columns}
end

--- The format that a file's name asks for: "csv", "md"; nil for another.
local function kind_of(path)
    local ending = path:lower():match "%.(%w+)$"
    return (ending == "txt" and "md") or ((ending == "csv" or ending == "md") and ending) or nil
end

--- The rows as text of CSV.
local function as_csv(items)
    local lines = {}
    local writer = assert(output.plan(rows(), {format = "csv"}))(function(line) lines[#lines + 1] = line end)
    for _, item in ipairs(items) do
        writer.item(item)
    end
    writer.close()
    return table.concat(lines, "\n") .. "\n"
end

--- Refuses what does not belong together -> true | nil, problem
local function check_incident(arguments)
    local kind = arguments.output and kind_of(arguments.output)
    if arguments.output and not kind then return nil, text.ending:format(arguments.output) end
    if arguments.with_names and not arguments.file then return nil, text.names end
    if arguments.file and not arguments.with_names then return nil, text.no_names end
    if arguments.file and kind == "md" then return nil, text.list_only end
    if not (arguments.file or arguments.certificate) then return nil, text.certificate end
    return check_flags(arguments, {"student", "method", "code"}, text.not_incident)
end

--- Shows the rows, or writes them or the draft to the file -> exit code | nil, problem
local function give(items, content, arguments, io)
    if not arguments.output then return output.show(rows(), items, arguments) end
    local fine, err = new_file.write(arguments.output, content, arguments)
    if not fine then return errors.report(err, io.say) end
    io.say(text.written:format(arguments.output))
    return 0
end

local function name_students(arguments, io)
    local items, err = incident.read(arguments.file)
    local fine = items
    if items then fine, err = incident.add_names(items) end
    if not fine then return errors.report(err, io.say) end
    return give(items, as_csv(items), arguments, io)
end

local function report(arguments, io)
    local fine, problem = check_incident(arguments)
    if not fine then return nil, problem end
    if arguments.file then return name_students(arguments, io) end
    local request
    request, problem = request_of(arguments)
    if not request then return nil, problem end
    local found, err = incident.collect(request)
    if not found then return errors.report(err, io.say, list_events) end
    io.say(text.summary:format(#found.rows, found.reads, found.changes, found.refusals))
    local is_draft = arguments.output and kind_of(arguments.output) == "md"
    local content = is_draft and notice.write(found, request.from_time, request.to_time) or as_csv(found.rows)
    return give(found.rows, content, arguments, io)
end

local actions = {
    list = list, listar = list,
    incident = report, incidente = report,
}

return {
    verb = list_events.verb,
    {name = "what", value = {en = "list|incident", pt = "listar|incidente"}},
    doc = {en = "reads the audit: who saw and changed what, and what a certificate did in an incident",
        pt = "lê a auditoria: quem viu e mudou o quê, e o que um certificado fez em um incidente"},
    group = "service",
    flags = flags,
    run = function(arguments, io)
        local action = actions[options.plain(arguments.what)]
        if not action then return nil, text.what:format(arguments.what) end
        return action(arguments, io)
    end,
}
