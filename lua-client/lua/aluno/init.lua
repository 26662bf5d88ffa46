-- The module `aluno`: what scripts have. The program `aluno` has it as a global; in any Lua 5.4,
-- `local aluno = require "aluno"`. aluno.meta.lua describes each function.
--
--   local c <close> = aluno.connect{ca = "ca.crt", cert = "ana.crt", key = "ana.key"}
--   local student, err, metadata = c:create{name = "Ana", age = 20, br_document = "529.982.247-25", email = "a@b.c"}
--   for student in c:each{} do print(student.name) end
--
-- There is a function for each method of the contract, by its verb in English and in Portuguese, and so are fields
-- named: c:create{name = …} is c:criar{nome = …}. Replies have the English names, those of the wire. The third
-- result of a call is the reply's metadata: {request_id, replayed, warnings, server_version}.
--
-- The one rule of errors, for all of the module:
--   * What may fail though the script is right (the service, the network, files, other people's data) returns nil and
--     an error: {code, reason, message, detail, remedy, violations, request_id, retryable}, which tostring puts into a
--     sentence. What a request says is data, whoever wrote it: a field that is unknown or of the wrong kind is a
--     violation, reported with all others at once.
--   * Misuse raises a text that names the argument: a wrong type, an unknown option, a closed client.
--   * A loop has no place for nil, err: each{} raises the error itself, and csv's rows() gives it with its line.
--   * A future's wait gives what its call gave; a future never raises it (futures.lua).
--   * Ctrl-C and time limits end a script also inside a call: the call is cancelled and its error raised, which has the
--     request id of a change.
--   * Of a strict client (aluno.connect{strict = true}, or c:strict()) the first kind raises the error itself too.
-- A script that gives up ends with aluno.exit(err), which writes the error and exits with the code of its class.
--
-- c:async(), aluno.all                    many calls at once: futures.lua
-- aluno.cpf, aluno.fold, aluno.validate   values: cpf.lua, values.c, schema.c
-- aluno.uuid(name)                        the same request id for the same name, whenever it is asked for: values.c
-- aluno.csv, aluno.json                   files of rows, and JSON: csv.lua, json.c
-- aluno.connect{on_call = f}              f(method, request, future) is called for each call: call.c
-- aluno.is_error(value)                   whether it is such an error: errors.lua
-- aluno.args, aluno.log, aluno.progress   a script's manners: args.lua, log.lua, progress.lua
-- aluno.sleep(seconds)                    waits; Ctrl-C and --max-time end it
-- aluno.test                              what is checked in scripts that `aluno testar` runs: test.lua
-- In the program `aluno`, every command of the prompt is a function too, by its verb in either language, with the
-- session's own client: aluno.commands.criar {nome = …}, aluno.commands.explicar "CPF_TAKEN". It gives a value, or
-- nil and an error, as the client's methods do.
-- What aluno.connect's table leaves out is taken from ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY, ALUNO_CRL,
-- ALUNO_TLS_NAME, ALUNO_TIMEOUT (seconds) and ALUNO_LANG (pt, en).
local core = require "core"
local errors = require "aluno.errors"
require "aluno.each"

return {
    all = require("aluno.futures").all,
    args = require("aluno.args").read,
    connect = core.connect,
    cpf = require "aluno.cpf",
    csv = require "aluno.csv",
    exit = errors.exit,
    exit_code = errors.exit_code,
    fold = core.fold,
    is_error = errors.is_error,
    json = core.json,
    language = core.language,
    log = require "aluno.log",
    message_json = core.message_json,
    progress = require("aluno.progress").start,
    request_json = core.request_json,
    schema = core.schema,
    sleep = core.host.sleep,
    test = require "aluno.test",
    uuid = core.uuid,
    validate = core.validate,
    version = core.version,
}
