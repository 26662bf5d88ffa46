-- The module `aluno`: aluno.core, which is C, and what is easier said in Lua. The program `aluno` has it as a global;
-- in any Lua 5.4, `local aluno = require "aluno"`.
--
--   local c <close> = aluno.connect{ca = "ca.crt", cert = "ana.crt", key = "ana.key"}
--   local student, err, beside = c:create{name = "Ana", age = 20, br_document = "529.982.247-25", email = "a@b.c"}
--   for student in c:each{} do print(student.name) end
--
-- There is a function for each method of the contract, by its verb in English and in Portuguese, and so are fields
-- named: c:create{name = …} is c:criar{nome = …}. Replies have the English names, those of the wire. After a call's
-- reply and nil comes what travelled beside it: {request_id, replayed, warnings, server_version}.
--
-- The one rule of errors, for all of the module:
--   * What may fail though the script is right (the service, the network, files, other people's data) returns nil and
--     an error: {code, reason, message, detail, remedy, violations, request_id, retryable}, which tostring puts into a
--     sentence. What a request says is data, whoever wrote it: a field that is unknown or of the wrong kind is a
--     violation, told with all others at once.
--   * Misuse raises a text that names the argument: a wrong type, an unknown option, a closed client.
--   * A loop has no place for nil, err: each{} raises the error itself, and csv's rows() gives it with its line.
--   * A future's wait gives what its call gave; a future never raises it (futures.lua).
--   * Ctrl-C and time limits end a script also inside a call: the call is cancelled and its error raised, which has the
--     request id of a change.
--   * Of a strict client (aluno.connect{strict = true}, or c:strict()) the first kind raises the error itself too.
-- A script that gives up ends with aluno.exit(err): it tells the error and exits with the code of its class.
--
-- c:async(), aluno.all                    many calls at once: futures.lua
-- aluno.cpf, aluno.fold, aluno.validate   values: here and in values.c, contract.c
-- aluno.uuid(name)                        the same request id for the same name, whenever it is asked for: uuid.c
-- aluno.csv, aluno.json                   files of rows, and JSON: csv.lua, json.lua
-- aluno.args, aluno.log, aluno.progress   a script's manners: args.lua, log.lua, progress.lua
-- aluno.sleep(seconds)                    waits; Ctrl-C and --max-time end it
-- aluno.test                              what is checked in scripts that `aluno testar` runs: test.lua
-- In the program `aluno`, every command of the prompt is a function too, by its verb in either language, with the
-- session's own client: aluno.commands.criar {nome = …}, aluno.commands.explicar "CPF_TAKEN". It gives a value, or
-- nil and an error, as the client's methods do.
-- What aluno.connect's table leaves out is taken from ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY, ALUNO_CRL,
-- ALUNO_TLS_NAME, ALUNO_TIMEOUT (seconds) and ALUNO_LANG (pt, en).
local aluno = require "core"

local stderr, exit = io.stderr, os.exit

aluno.all = require("aluno.futures").all
aluno.args = require("aluno.args").read
aluno.csv = require "aluno.csv"
aluno.json = require "aluno.json"
aluno.log = require "aluno.log"
aluno.progress = require("aluno.progress").start
aluno.sleep = aluno.host.sleep

-- ---- errors ----

local at_line = ({pt = "Linha %d: ", en = "Line %d: "})[aluno.language]

--- One sentence: what is wrong, with each field, and what can be done.
function aluno.error:__tostring()
    local wrong = {self.message}
    for _, violation in ipairs(self.violations) do
        wrong[#wrong + 1] = violation.field .. ": " .. violation.message
    end
    local sentence = table.concat(wrong, "; ")
    if self.remedy ~= "" then sentence = sentence .. ". " .. self.remedy:gsub("^%l", string.upper) end
    if self.line then return at_line:format(self.line) .. sentence end
    return (sentence:gsub("^%l", string.upper))
end

local exit_codes = {
    INVALID_ARGUMENT = 3, OUT_OF_RANGE = 3,
    NOT_FOUND = 4,
    ALREADY_EXISTS = 5, ABORTED = 5, FAILED_PRECONDITION = 5,
    UNAUTHENTICATED = 6, PERMISSION_DENIED = 6,
    UNAVAILABLE = 7, DEADLINE_EXCEEDED = 7,
}

local usage_reasons = {OPTION_INVALID = true, FILE_UNUSABLE = true}

--- The exit code that tells the class of an error: 2 usage, 3 invalid data, 4 not found, 5 conflict, 6 certificate or
--- permission, 7 unavailable or too late; 1 anything else, and whatever was raised that is no such error.
function aluno.exit_code(err)
    if type(err) ~= "table" then return 1 end
    return usage_reasons[err.reason] and 2 or exit_codes[err.code] or 1
end

--- Ends the script, its <close> variables closed: with a code; or for an error, which is told on stderr; or with 0.
function aluno.exit(why)
    local is_error = getmetatable(why) == aluno.error
    if why ~= nil and not is_error and math.type(why) ~= "integer" then
        error("exit takes a code, an error, or nothing", 2)
    end
    if is_error then stderr:write(tostring(why), "\n") end
    exit(is_error and aluno.exit_code(why) or why or 0, true)
end

-- ---- CPFs ----

-- Nine digits, none of them one digit repeated, have numbers from 0 to nine_digits - 1; the multiplier, which shares
-- no factor with it, scatters them.
local nine_digits, repeated_every, multiplier = 999999990, 111111110, 618033991

--- A CPF with right check digits, made up for tests: the same one for the same number (0 and up), another for every
--- other; a random one without a number. It may be somebody's: keep it away from real registers.
function aluno.cpf.generate(number)
    if number ~= nil and (math.type(number) ~= "integer" or number < 0 or number >= nine_digits) then
        error(("the number must be a whole one from 0 to %d"):format(nine_digits - 1), 2)
    end
    local place = (number or math.random(0, nine_digits - 1)) * multiplier % nine_digits
    local digits = ("%09d"):format(place + 1 + place // repeated_every)
    local right, check_digits = aluno.cpf.check(digits .. "00")
    return digits .. (right and "00" or check_digits)
end

aluno.test = require "aluno.test"

-- ---- pages ----

--- All students, one by one, page after page: `for student in client:each{} do`. page_size is how many come at
--- once. A loop has no place for `nil, err`: a failure raises the error, which pcall catches as it is.
function aluno.client:each(request, options)
    local query, page, index = {}, nil, 0
    for key, value in pairs(request or {}) do
        query[key] = value
    end
    return function()
        while not page or index == #page.students do
            if page then
                if not page.next_page_token then return nil end
                query.page_token = page.next_page_token
            end
            local reply, err = self:list(query, options)
            if type(reply) == "userdata" then reply, err = reply:wait() end
            if not reply then error(err, 0) end
            page, index = reply, 0
        end
        index = index + 1
        return page.students[index]
    end
end

return aluno
