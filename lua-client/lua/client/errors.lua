-- Errors for people: reported in the contract's words, and the exit codes of their classes.
local aluno = require "aluno"
local core = require "core"
local language = require "client.language"
local nearest = require "aluno.nearest"
local options = require "aluno.options"
local outcome = require "client.outcome"

local errors = {exit_code = aluno.exit_code}

--- An error of the client's own, like those of calls: its reason, and the sentence and the remedy that say more than the
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

--- The error of a word that names nothing, `message` with a %s for it: with those of the list that may have been meant,
--- else with the remedy.
function errors.unknown(message, word, list, remedy)
    local suggestion = nearest.suggestion(options.plain(word), list)
    if suggestion == "" then suggestion = nearest.suggestion(word, list) end
    return errors.new("WORD_UNKNOWN", message:format(word), suggestion ~= "" and suggestion:sub(3) or remedy or "")
end

local connection_reasons = {
    ADDRESS_UNKNOWN = true,
    HOST_UNREACHABLE = true,
    DEADLINE_PASSED = true,
    OPTION_INVALID = true,
}

--- Whether the service was not reached, or did not answer.
function errors.is_connection_problem(err)
    return connection_reasons[err.reason] or err.reason:find "^TLS_" or err.reason:find "^CONNECTION_"
end

local function capital(text)
    return (text:gsub("^%l", string.upper))
end

local function with_remedy(err)
    return err.remedy == "" and err.message or err.message .. ". " .. capital(err.remedy)
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

--- The fields that a sentence's detail names, "(id | br_document)", as people of this language name them.
local function name_fields(message, sentence)
    return (sentence:gsub("%([%w_]+ | [%w_ |]+%)$", function(detail)
        return (detail:gsub("[%w_]+", function(name)
            local field = find_field(message, name)
            return field and language.field(field)
        end))
    end))
end

--- A violation as people say it: "CPF do aluno: o CPF deve ter 11 dígitos"; in a list with its row, the first being 1.
function errors.violation(violation, method)
    local label, message = violation.field, violation.message
    if method then message = name_fields(aluno.schema.messages[method.request], message) end
    local row = tonumber(violation.field:match "%[(%d+)%]")
    local field = method and find_field(aluno.schema.messages[method.request], violation.field:match "[^.]+$")
    if field then
        label = field.label[language.name]
        if violation.reason == "FIELD_KIND" and field.kind == "int" then message = language.not_whole end
    end
    if row then label = language.row:format(row + 1) .. label end
    return label .. ": " .. message
end

--- Writes an error for people: what is wrong, with each field of it, what can be done, and what is known of a change
--- that was given up. `method`, if it is of a call: whose fields' labels are written.
function errors.report(err, write, method)
    if errors.is_connection_problem(err) then
        write(language.connection .. with_remedy(err))
        outcome.tell(err, write)
        return
    end
    write(capital(with_remedy(err)))
    outcome.tell(err, write)
    for _, violation in ipairs(err.violations) do
        write("  " .. errors.violation(violation, method))
    end
end

--- Writes the warnings of a reply, and whether it is that of a dry run.
function errors.report_warnings(metadata, write, method)
    if metadata.validate_only then write(language.validated) end
    for _, warning in ipairs(metadata.warnings) do
        write(language.warning .. errors.violation(warning, method))
    end
end

return errors
