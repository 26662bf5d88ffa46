---@meta aluno
-- The module `aluno` for editors (LuaLS). Edited by hand: every function that scripts have stands here, and a test
-- compares the two. `aluno stubs` prints it with the methods and messages of the contract added.

---@class aluno
---@field version string
---@field language "pt"|"en"
---@field schema table the contract as tables
---@field commands table<string, function>? in the program: the prompt's commands, by their verbs
aluno = {}

---An expected failure: `nil, err`. tostring puts it into a sentence.
---@class aluno.Error: aluno.Status
---@field code string "NOT_FOUND", "INVALID_ARGUMENT" …
---@field remedy string what can be done
---@field retryable boolean
---@field line integer? of a file

---@class aluno.Settings
---@field server string? tls+tcp://host:port
---@field ca string?
---@field cert string?
---@field key string?
---@field crl string?
---@field tls_name string?
---@field timeout number? seconds
---@field language "pt"|"en"?
---@field strict boolean? expected failures raise
---@field trace boolean? writes a line to stderr for each attempt
---@field on_call aluno.Observer? is called for each call

---Called once for each call of a client: after a call that blocks has ended, and when a future is started. The request
---is as it was sent; future:wait() gives what the call came to. An error that it raises is raised by the call.
---@alias aluno.Observer fun(method: string, request: table, future: aluno.Future)

---@class aluno.CallOptions
---@field timeout number? seconds
---@field request_id string?
---@field traceparent string?

---@param settings aluno.Settings?
---@return aluno.Client? client, aluno.Error? err
function aluno.connect(settings) end

---@param message string
---@param value table
---@param field string?
---@return table? normalised, aluno.Error? err
function aluno.validate(message, value, field) end

---@param message string
---@param value table
---@return string? json, aluno.Error? err
function aluno.message_json(message, value) end

---@param method string
---@param request table
---@return string? json, aluno.Error? err
function aluno.request_json(method, request) end

---@param text string
---@return string? folded, aluno.Error? err
function aluno.fold(text) end

---@param name string
---@param namespace string?
---@return string uuid of version 5
function aluno.uuid(name, namespace) end

aluno.cpf = {}
---@param text string
---@return string? digits, aluno.Error? err
function aluno.cpf.parse(text) end
---@param digits string
---@return string
function aluno.cpf.format(digits) end
---@param digits string
---@return string
function aluno.cpf.mask(digits) end
---@param digits string
---@return boolean right, string? expected
function aluno.cpf.check(digits) end
---@param number integer?
---@return string digits
function aluno.cpf.generate(number) end

aluno.json = {}
---@type lightuserdata
aluno.json.null = nil
---@param text string
---@return any value, aluno.Error? err
function aluno.json.decode(text) end
---@param value any
---@param options {indent: integer?}?
---@return string
function aluno.json.encode(value, options) end
---@param list any[]
---@return any[]
function aluno.json.array(list) end

aluno.csv = {}
---@class aluno.csv.ReaderOptions
---@field header boolean? the first line names the columns, and rows are tables by these names; otherwise lists
---@field separator string? one character, or "auto"
---@field encoding "auto"|"utf-8"|"cp1252"?
---@field neutralised boolean? what the writer did about formulas is undone
---@class aluno.csv.WriterOptions
---@field columns string[]? names: written as the first line; rows are tables by these names; otherwise lists
---@field separator string? one character; a comma by itself
---@field excel boolean? what Excel opens by a double click in Brazil: marked UTF-8, semicolons and CRLF
---@field neutralise boolean? texts that a spreadsheet would take for a formula get a ' before them
---@class aluno.csv.Reader
---@field columns string[]?
---@field separator string
local reader = {}
---@return table? row, integer|aluno.Error|nil line
function reader:read() end
---@return fun(): integer?, table?, aluno.Error?
function reader:rows() end
---@return string
function reader:encoding() end
function reader:close() end
---@class aluno.csv.Writer
local writer = {}
---@param row table
---@return true?, aluno.Error? err
function writer:write(row) end
---@return true?, aluno.Error? err
function writer:close() end
---@param source string|file*|fun(): string?
---@param options aluno.csv.ReaderOptions?
---@return aluno.csv.Reader? reader, aluno.Error? err
function aluno.csv.reader(source, options) end
---@param path string
---@param options aluno.csv.ReaderOptions?
---@return aluno.csv.Reader? reader, aluno.Error? err
function aluno.csv.open(path, options) end
---@param out file*|fun(text: string): any, string?
---@param options aluno.csv.WriterOptions?
---@return aluno.csv.Writer? writer, aluno.Error? err
function aluno.csv.writer(out, options) end
---@param path string
---@param options aluno.csv.WriterOptions?
---@return aluno.csv.Writer? writer, aluno.Error? err
function aluno.csv.create(path, options) end

---@class aluno.Log
---@field level "debug"|"info"|"warn"|"error"
aluno.log = {}
---@param text string
---@return string masked without CPFs and e-mail addresses
function aluno.log.mask(text) end
---@param level "debug"|"info"|"warn"|"error"
---@param event string
---@param values table?
---@return string line
function aluno.log.line(level, event, values) end
---@param event string
---@param values table?
function aluno.log.debug(event, values) end
---@param event string
---@param values table?
function aluno.log.info(event, values) end
---@param event string
---@param values table?
function aluno.log.warn(event, values) end
---@param event string
---@param values table?
function aluno.log.error(event, values) end

---@class aluno.Progress
local bar = {}
---@param done integer
---@param total integer?
function bar:set(done, total) end
---@param more integer?
function bar:advance(more) end
function bar:finish() end
---@param total integer?
---@return aluno.Progress
function aluno.progress(total) end

---@class aluno.Argument
---@field name string
---@field name_pt string? its name in Portuguese, if it has another one
---@field also string[]? further names of a flag
---@field value string? what the help calls its value
---@field kind "text"|"int"|"number"|"bool"?
---@field help string?
---@field default any
---@field required boolean?
---@field optional boolean?
---@field many boolean?
---@class aluno.Arguments
---@field doc string?
---@field flags aluno.Argument[]?
---@field [integer] aluno.Argument
---@param declaration aluno.Arguments
---@return table<string, any>
function aluno.args(declaration) end

---@param seconds number
function aluno.sleep(seconds) end

---For scripts that `aluno testar` runs.
aluno.test = {}
---@param settings aluno.Settings?
---@return aluno.Client
function aluno.test.client(settings) end
---@param query string?
---@return integer
function aluno.test.count(query) end
---@param values table?
---@return aluno.CreateStudentRequest
function aluno.test.student(values) end
---@param which integer
---@return aluno.CreateStudentRequest
function aluno.test.fixture(which) end
---@param value any
---@param what string?
function aluno.test.check(value, what) end
---@param got any
---@param wanted any
---@param what string?
function aluno.test.equal(got, wanted, what) end
---@param reason string
---@param f function
---@return aluno.Error
function aluno.test.refused(reason, f, ...) end

---@param err aluno.Error
---@return integer
function aluno.exit_code(err) end
---@param why integer|aluno.Error|nil
function aluno.exit(why) end
---@param value any
---@return boolean
function aluno.is_error(value) end

---@class aluno.Future
local future = {}
---@param seconds number?
---@return table? reply, aluno.Error? err, aluno.ReplyMetadata? metadata
function future:wait(seconds) end
---@return boolean
function future:done() end
function future:cancel() end
---@return string?
function future:request_id() end
---@param list aluno.Future[]
---@param seconds number?
---@return table[] replies, table<integer, aluno.Error>? errors
function aluno.all(list, seconds) end

---@class aluno.AsyncClient
local async = {}
---@class aluno.Client
local client = {}
function client:close() end
---@param seconds number?
---@return true?, aluno.Error? err
function client:ready(seconds) end
---@return aluno.Client
function client:strict() end
---@return aluno.AsyncClient the same methods, which return futures
function client:async() end
---@return table<string, any>
function client:statistics() end
---@param method string
---@param request table?
---@param options aluno.CallOptions?
---@return table? reply, aluno.Error? err, aluno.ReplyMetadata? metadata
function client:call(method, request, options) end
---@param request aluno.ListStudentsRequest?
---@param options aluno.CallOptions?
---@return fun(): aluno.Student?
function client:each(request, options) end

return aluno
