-- Errors of the module: as a sentence, and as the exit code of a script.
local core = require "core"

local stderr, exit = io.stderr, os.exit

local errors = {}

local at_line = ({pt = "Linha %d: ", en = "Line %d: "})[core.language]

--- Returns one sentence: the problem, each field's violation by the name that the caller wrote, and the remedy.
function core.error:__tostring()
    local wrong = {self.message}
    for _, violation in ipairs(self.violations) do
        wrong[#wrong + 1] = (rawget(violation, "written") or violation.field) .. ": " .. violation.message
    end
    local sentence = table.concat(wrong, "; ")
    if self.remedy ~= "" then sentence = sentence .. ". " .. self.remedy:gsub("^%l", string.upper) end
    if self.line then return at_line:format(self.line) .. sentence end
    return (sentence:gsub("^%l", string.upper))
end

--- An error in a text: "erro: " .. err.
function core.error.__concat(before, after)
    return tostring(before) .. tostring(after)
end

local exit_codes = {
    INVALID_ARGUMENT = core.exit.invalid, OUT_OF_RANGE = core.exit.invalid,
    NOT_FOUND = core.exit.not_found,
    ALREADY_EXISTS = core.exit.conflict, ABORTED = core.exit.conflict, FAILED_PRECONDITION = core.exit.conflict,
    UNAUTHENTICATED = core.exit.denied, PERMISSION_DENIED = core.exit.denied,
    UNAVAILABLE = core.exit.unavailable, DEADLINE_EXCEEDED = core.exit.unavailable,
}

local usage_reasons = {ARGUMENT_INVALID = true, OPTION_INVALID = true, WORD_UNKNOWN = true, FILE_UNUSABLE = true}

--- Returns whether a value is an error of the module: a function's second result, or one that pcall caught.
function errors.is_error(value)
    return getmetatable(value) == core.error
end

--- The exit code of the class of an error: 2 usage, 3 invalid data, 4 not found, 5 conflict, 6 certificate or
--- permission, 7 unavailable or deadline passed; 1 anything else, and other raised values.
function errors.exit_code(err)
    if type(err) ~= "table" then return 1 end
    return usage_reasons[err.reason] and core.exit.usage or exit_codes[err.code] or 1
end

--- Ends the script, its <close> variables closed: with a code; or for an error, which is written to stderr; or with 0.
function errors.exit(why)
    local is_error = errors.is_error(why)
    if why ~= nil and not is_error and math.type(why) ~= "integer" then
        error("exit takes a code, an error, or nothing", 2)
    end
    if is_error then stderr:write(tostring(why), "\n") end
    exit(is_error and errors.exit_code(why) or why or 0, true)
end

return errors
