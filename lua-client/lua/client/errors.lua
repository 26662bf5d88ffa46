-- Errors for people: reported in the contract's words, and the exit codes of their classes.
local aluno = require "aluno"
local core = require "core"
local language = require "client.language"
local nearest = require "aluno.nearest"
local options = require "aluno.options"
local outcome = require "client.outcome"
local printable = require "aluno.printable"
local purpose = require "client.purpose"

local errors = {exit_code = aluno.exit_code}

--- Returns an error of the client itself, like those of calls: its reason, and a message and a remedy that replace the
--- contract's.
function errors.new(reason, message, remedy)
    local known = aluno.schema.reasons[reason]
    return setmetatable({
        code = known.code,
        reason = reason,
        message = message or known.text[language.name],
        remedy = remedy or known.remedy[language.name],
        violations = {},
        retryable = false,
    }, core.error)
end

--- Returns the error of an unknown word; `message` has a %s for it. The remedy is similar words of the list, else
--- `remedy`.
function errors.unknown(message, word, list, remedy)
    local suggestion = nearest.suggestion(options.plain(word), list)
    if suggestion == "" then suggestion = nearest.suggestion(word, list) end
    return errors.new("WORD_UNKNOWN", message:format(word), suggestion ~= "" and suggestion:sub(3) or remedy or "")
end

local connection_reasons =
    {ADDRESS_UNKNOWN = true, HOST_UNREACHABLE = true, DEADLINE_PASSED = true, OPTION_INVALID = true}

--- Returns whether the service was unreachable, or did not reply.
function errors.is_connection_problem(err)
    return connection_reasons[err.reason] or err.reason:find "^TLS_" or err.reason:find "^CONNECTION_"
end

--- Translations of the system's error messages on files, which are English.
local system = language.of {
    pt = {
        ["No such file or directory"] = "não existe", ["Permission denied"] = "sem permissão",
        ["Is a directory"] = "é uma pasta",
        ["Not a directory"] = "não é uma pasta", ["File exists"] = "já existe",
        ["No space left on device"] = "o disco está cheio",
        ["Read-only file system"] = "o disco é só de leitura",
    },
    en = {},
}

--- Returns a text with what the system says of a file in the user's language.
function errors.in_words(text)
    for said, meant in pairs(system) do
        local from, to = text:find(said, 1, true)
        if from then return text:sub(1, from - 1) .. meant .. text:sub(to + 1) end
    end
    return text
end

local function capital(text)
    return (text:gsub("^%l", string.upper))
end

local function with_remedy(err)
    local remedy = err.reason == "PURPOSE_REQUIRED" and purpose.remedy or err.remedy
    return remedy == "" and err.message or err.message .. ". " .. capital(remedy)
end

--- The field of that name in a message, or else in those nested in it.
local function find_field(message, name)
    local own = message.by_name[name]
    if own then return own end
    for _, field in ipairs(message.fields) do
        local found = field.type and find_field(aluno.schema.messages[field.type], name)
        if found then return found end
    end
end

--- The fields that a sentence's detail names, "(id | br_document)", by their labels in the user's language.
local function name_fields(message, sentence)
    return (sentence:gsub("%([%w_]+ | [%w_ |]+%)$", function(detail)
        return (detail:gsub("[%w_]+", function(name)
            local field = find_field(message, name) or aluno.schema.messages.Student.by_name[name]
            return field and language.field(field)
        end))
    end))
end

--- Returns a violation as text: "CPF do aluno: o CPF deve ter 11 dígitos"; in a list with its row, the first being 1.
function errors.violation(violation, method)
    local label, message = violation.field, violation.message
    local request = method and aluno.schema.messages[method.request]
    if request then message = name_fields(request, message) end
    local row = tonumber(violation.field:match "%[(%d+)%]")
    local field = request and find_field(request, violation.field:match "[^.]+$")
    if field then
        label = field.label[language.name]
        if violation.reason == "FIELD_KIND" and field.kind == "int" then message = language.not_whole end
        if violation.reason == "QUERY_SYNTAX" then return language.not_search end
    end
    if row then label = language.row:format(row + 1) .. label end
    return label .. ": " .. message
end

--- Writes an error for people: the problem, each field's violation, the remedy, and the outcome of an interrupted
--- change -> its exit code. `method`, if it is a call's error, gives the fields' labels.
function errors.report(err, write, method)
    local is_connection, problem = errors.is_connection_problem(err), errors.in_words(with_remedy(err))
    write(printable(is_connection and language.connection .. problem or capital(problem)))
    outcome.report(err, write)
    for _, violation in ipairs(is_connection and {} or err.violations) do
        write("  " .. printable(errors.violation(violation, method)))
    end
    return errors.exit_code(err)
end

--- Writes the warnings of a reply, and whether it is that of a dry run.
function errors.report_warnings(metadata, write, method)
    if metadata.validate_only then write(language.validated) end
    for _, warning in ipairs(metadata.warnings) do
        write(language.warning .. errors.violation(warning, method))
    end
end

return errors
