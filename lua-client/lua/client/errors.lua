-- Failures for people: how they are told, in the contract's words, and the exit codes that tell their classes.
local aluno = require "aluno"
local core = require "core"
local language = require "client.language"
local outcome = require "client.outcome"

local failures = {exit_code = aluno.exit_code}

--- An error of the client's own, like those of calls: a gRPC code, a reason, a sentence and its remedy or "".
function failures.new(code, reason, message, remedy)
    return setmetatable({
        code = code,
        reason = reason,
        message = message,
        remedy = remedy,
        violations = {},
        retryable = false,
    }, core.error)
end

local connection_reasons = {
    ADDRESS_UNKNOWN = true,
    HOST_UNREACHABLE = true,
    DEADLINE_PASSED = true,
    OPTION_INVALID = true,
}

--- Whether the service was not reached, or did not answer.
function failures.is_connection_problem(err)
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
    for _, field in ipairs(message.fields) do
        if field.name == name then return field end
    end
    for _, field in ipairs(message.fields) do
        local found = field.type and find_field(aluno.schema.messages[field.type], name)
        if found then return found end
    end
end

--- A violation as people say it: "CPF do aluno: o CPF deve ter 11 dígitos"; in a list with its row, the first being 1.
function failures.violation(violation, method)
    local label, message = violation.field, violation.message
    local row = tonumber(violation.field:match "%[(%d+)%]")
    local field = method and find_field(aluno.schema.messages[method.request], violation.field:match "[^.]+$")
    if field then
        label = field.label[language.name]
        if violation.reason == "FIELD_KIND" and field.kind == "int" then message = language.not_whole end
    end
    if row then label = language.row:format(row + 1) .. label end
    return label .. ": " .. message
end

--- Writes a failure for people: what is wrong, with each field of it, what can be done, and what is known of a change
--- that was given up. `method`: whose call it
--- was, for the labels of its fields; nil when it was none.
function failures.tell(err, write, method)
    if failures.is_connection_problem(err) then
        write(language.connection .. with_remedy(err))
        outcome.tell(err, write)
        return
    end
    write(capital(with_remedy(err)))
    outcome.tell(err, write)
    for _, violation in ipairs(err.violations) do
        write("  " .. failures.violation(violation, method))
    end
end

--- Writes what the service found odd about a request that it fulfilled, and whether it only judged it.
function failures.tell_warnings(metadata, write, method)
    if metadata.validate_only then write(language.validated) end
    for _, warning in ipairs(metadata.warnings) do
        write(language.warning .. failures.violation(warning, method))
    end
end

return failures
