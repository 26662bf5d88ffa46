-- The commands: which word is which method, what help says of them, and how failures are told and counted.
local aluno = require "aluno"
local flags = require "aluno.flags"
local language = require "aluno.language"

local commands = {}

local builtins = {
    sair = "leave", exit = "leave", quit = "leave",
    ajuda = "help", help = "help",
    metodos = "methods", methods = "methods",
}

--- The method that a verb names in either language and any case; nil when it names none.
function commands.method(word)
    for _, method in ipairs(aluno.schema.methods) do
        if method.verb.pt == word:lower() or method.verb.en == word:lower() then return method end
    end
end

--- "leave", "help" or "methods"; nil for a word that is none of those commands.
function commands.builtin(word)
    return builtins[word:lower()]
end

--- Every word that begins a command, sorted.
function commands.words()
    local words = {}
    for word in pairs(builtins) do
        words[#words + 1] = word
    end
    for _, method in ipairs(aluno.schema.methods) do
        words[#words + 1] = method.verb.pt
        words[#words + 1] = method.verb.en
    end
    table.sort(words)
    return words
end

local function help_of(method, write)
    write(("%s: %s"):format(method.verb[language.name], method.doc[language.name]))
    local fields, required = flags.fields(method)
    for _, field in ipairs(fields) do
        local about = field.label[language.name]
        if field.rule ~= "any" then about = about .. ": " .. field.rule_text[language.name] end
        if required[field.name] then about = about .. " (" .. language.required .. ")" end
        write(("  --%-16s %s"):format(language.field(field), about))
    end
end

--- Writes what there is, or the fields of the command named. Returns the exit code.
function commands.help(topic, write)
    if topic then
        local method = commands.method(topic)
        if not method then
            write(language.no_command:format(topic))
            return 2
        end
        help_of(method, write)
        return 0
    end
    for _, method in ipairs(aluno.schema.methods) do
        local verbs = method.verb.pt .. ", " .. method.verb.en
        write(("  %-22s %s"):format(verbs, method.doc[language.name]))
    end
    for _, row in ipairs(language.help) do
        write(("  %-22s %s"):format(row[1], row[2]))
    end
    write(language.help_end)
    return 0
end

--- Writes the methods of the contract: verb, name, least role.
function commands.methods(write)
    for _, method in ipairs(aluno.schema.methods) do
        write(("%-10s %-42s %s"):format(method.verb[language.name], method.name, method.role))
    end
    return 0
end

local exit_codes = {
    INVALID_ARGUMENT = 3, OUT_OF_RANGE = 3,
    NOT_FOUND = 4,
    ALREADY_EXISTS = 5, ABORTED = 5, FAILED_PRECONDITION = 5,
    UNAUTHENTICATED = 6, PERMISSION_DENIED = 6,
    UNAVAILABLE = 7, DEADLINE_EXCEEDED = 7,
}

--- The exit code that tells the class of a failure.
function commands.exit_code(err)
    return err.reason == "OPTION_INVALID" and 2 or exit_codes[err.code] or 1
end

local connection_reasons = {
    ADDRESS_UNKNOWN = true,
    HOST_UNREACHABLE = true,
    DEADLINE_PASSED = true,
    OPTION_INVALID = true,
}

--- Whether the service was not reached, or did not answer.
function commands.is_connection_problem(err)
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
local function violation_text(method, violation)
    local label, message = violation.field, violation.message
    local row = tonumber(violation.field:match "%[(%d+)%]")
    local field = find_field(aluno.schema.messages[method.request], violation.field:match "[^.]+$")
    if field then
        label = field.label[language.name]
        if violation.reason == "FIELD_KIND" and field.kind == "int" then message = language.not_whole end
    end
    if row then label = language.row:format(row + 1) .. label end
    return label .. ": " .. message
end

--- Writes a failure for people: what is wrong, with each field of it, and what can be done.
function commands.tell_failure(method, err, write)
    if commands.is_connection_problem(err) then
        write(language.connection .. with_remedy(err))
        return
    end
    write(capital(with_remedy(err)))
    for _, violation in ipairs(err.violations) do
        write("  " .. violation_text(method, violation))
    end
end

--- Writes what the service found odd about a request that it fulfilled, and whether it only judged it.
function commands.tell_warnings(method, metadata, write)
    if metadata.validate_only then write(language.validated) end
    for _, warning in ipairs(metadata.warnings) do
        write(language.warning .. violation_text(method, warning))
    end
end

return commands
