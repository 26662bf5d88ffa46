-- The module `aluno`, the API for scripts. The program `aluno` has it as a global; in any Lua 5.4,
-- `local aluno = require "aluno"`. aluno.meta.lua describes each function.
--
--   local c <close> = aluno.connect{ca = "ca.crt", cert = "ana.crt", key = "ana.key"}
--   local student, err, metadata = c:create{name = "Ana", age = 20, br_document = "529.982.247-25", email = "a@b.c"}
--   for student in c:each{} do print(student.name) end
--
-- There is a function for each method of the contract, by its verb in English and in Portuguese. Fields have names in
-- both languages too: c:create{name = …} is c:criar{nome = …}. Replies have the English names, those of the wire,
-- and are read by either. The third result of a call is the reply's metadata. lua-client/README.md states the one rule of errors.
local core = require "core"
local errors = require "aluno.errors"
require "aluno.each"
require "aluno.replies"
require "aluno.upsert"
require "aluno.watch"

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
