---@meta aluno
-- The module `aluno` for editors (LuaLS). Edited by hand: every function that scripts have stands here, and a test
-- compares the two. `aluno stubs` prints it with the methods and messages of the contract added.

---@class aluno
---@field version string
---@field language "pt"|"en"
---@field schema table the contract as tables
---@field commands table<string, function>? in the program: the prompt's commands, by their verbs
---@field cpf aluno.Cpf
---@field csv aluno.Csv
---@field json aluno.Json
---@field log aluno.Log
---@field test aluno.Test
---@field connect fun(settings?: aluno.Settings): (client: aluno.Client?, err: aluno.Error?)
---@field validate fun(message: string, value: table, field?: string): (normalised: table?, err: aluno.Error?)
---@field message_json fun(message: string, value: table): (json: string?, err: aluno.Error?)
---@field request_json fun(method: string, request: table): (json: string?, err: aluno.Error?)
---@field fold fun(text: string): (folded: string?, err: aluno.Error?)
---@field uuid fun(name: string, namespace?: string): string of version 5
---@field progress fun(total?: integer): aluno.Progress
---@field args fun(declaration: aluno.Arguments): table<string, any>
---@field sleep fun(seconds: number)
---@field exit_code fun(err: aluno.Error): integer
---@field exit fun(why?: integer|aluno.Error)
---@field is_error fun(value: any): boolean
---@field all fun(list: aluno.Future[], seconds?: number): (replies: table[], errors: table<integer, aluno.Error>?)
aluno = {}

---An expected failure: `nil, err`. tostring puts it into a sentence.
---@class aluno.Error: aluno.Status
---@field code string "NOT_FOUND", "INVALID_ARGUMENT" …
---@field remedy string what can be done
---@field retryable boolean
---@field line integer? of a file

---@class aluno.Settings
---@field server string? host:port
---@field ca string?
---@field cert string?
---@field key string?
---@field crl string?
---@field tls_name string?
---@field timeout number? seconds
---@field language "pt"|"en"?
---@field purpose string? what the data are for, for the audit
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
---@field purpose string? what the data are for, for the audit

---@class aluno.Cpf
---@field parse fun(text: string): (digits: string?, err: aluno.Error?)
---@field format fun(digits: string): string
---@field mask fun(digits: string): string
---@field check fun(text: string): (right: boolean, expected: string?)
---@field generate fun(number?: integer): string digits

---@class aluno.Json
---@field null lightuserdata
---@field decode fun(text: string): (value: any, err: aluno.Error?)
---@field encode fun(value: any, options?: {indent: integer?}): string
---@field array fun(list: any[]): any[]

---@class aluno.Csv
---@field reader fun(source: aluno.csv.Source, options?: aluno.csv.ReaderOptions): (aluno.csv.Reader?, aluno.Error?)
---@field open fun(path: string, options?: aluno.csv.ReaderOptions): (aluno.csv.Reader?, aluno.Error?)
---@field writer fun(out: aluno.csv.Out, options?: aluno.csv.WriterOptions): (aluno.csv.Writer?, aluno.Error?)
---@field create fun(path: string, options?: aluno.csv.WriterOptions): (aluno.csv.Writer?, aluno.Error?)
---@alias aluno.csv.Source string|file*|fun(): string?
---@alias aluno.csv.Out file*|fun(text: string): any, string?

---@class aluno.csv.ReaderOptions
---@field header boolean? the first line names the columns, and rows are tables by these names; otherwise lists
---@field separator string? one character, or "auto"
---@field encoding "auto"|"utf-8"|"utf-16"|"cp1252"|"cp850"|"cp860"|"macroman"? found out by itself, row by row
---@field neutralised boolean? what the writer did about formulas is undone

---@class aluno.csv.WriterOptions
---@field columns string[]? names: written as the first line; rows are tables by these names; otherwise lists
---@field separator string? one character; a comma by itself
---@field excel boolean? what Excel opens by a double click in Brazil: marked UTF-8, semicolons and CRLF
---@field neutralise boolean? texts that a spreadsheet would take for a formula get a ' before them

---@class aluno.csv.Reader
---@field columns string[]?
---@field separator string
---@field read fun(self: aluno.csv.Reader): (row: table?, line: integer|aluno.Error|nil)
---@field rows fun(self: aluno.csv.Reader): fun(): integer?, table?, aluno.Error?
---@field encoding fun(self: aluno.csv.Reader): string
---@field encodings fun(self: aluno.csv.Reader): {name: string, rows: integer, example: string}[]
---@field raw fun(self: aluno.csv.Reader): string the text of the last row, as the file has it
---@field close fun(self: aluno.csv.Reader)

---@class aluno.csv.Writer
---@field write fun(self: aluno.csv.Writer, row: table): (done: true?, err: aluno.Error?)
---@field close fun(self: aluno.csv.Writer): (done: true?, err: aluno.Error?)

---@class aluno.Log
---@field level "debug"|"info"|"warn"|"error"
---@field mask fun(text: string): string without CPFs and e-mail addresses
---@field line fun(level: "debug"|"info"|"warn"|"error", event: string, values?: table): string
---@field debug fun(event: string, values?: table)
---@field info fun(event: string, values?: table)
---@field warn fun(event: string, values?: table)
---@field error fun(event: string, values?: table)

---@class aluno.Progress
---@field set fun(self: aluno.Progress, done: integer, total?: integer)
---@field advance fun(self: aluno.Progress, more?: integer)
---@field finish fun(self: aluno.Progress)

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

---For scripts that `aluno testar` runs.
---@class aluno.Test
---@field client fun(settings?: aluno.Settings): aluno.Client
---@field count fun(query?: string): integer
---@field student fun(values?: table): aluno.CreateStudentRequest
---@field fixture fun(which: integer): aluno.CreateStudentRequest
---@field check fun(value: any, what?: string)
---@field equal fun(got: any, wanted: any, what?: string)
---@field refused fun(reason: string, f: function, ...: any): aluno.Error

---@class aluno.Future
---@field wait fun(self: aluno.Future, seconds?: number): (table?, aluno.Error?, aluno.ReplyMetadata?)
---@field done fun(self: aluno.Future): boolean
---@field cancel fun(self: aluno.Future)
---@field request_id fun(self: aluno.Future): string?

---@class aluno.AsyncClient
local async = {}

---@class aluno.Client
---@field close fun(self: aluno.Client)
---@field ready fun(self: aluno.Client, seconds?: number): (ready: true?, err: aluno.Error?)
---@field strict fun(self: aluno.Client): aluno.Client
---@field async fun(self: aluno.Client): aluno.AsyncClient the same methods, which return futures
---@field statistics fun(self: aluno.Client): table<string, any>
local client = {}
---@param request aluno.ListStudentsRequest?
---@param options aluno.CallOptions?
---@return fun(): aluno.Student?
function client:each(request, options) end
---The loop over changes: until wait_ms has passed without one, or without end. An error is raised.
---@param request aluno.WatchStudentsRequest?
---@param options aluno.CallOptions?
---@return fun(): aluno.StudentChange?
function client:watch(request, options) end
---@param request aluno.WatchStudentsRequest?
---@param options aluno.CallOptions?
---@return fun(): aluno.StudentChange?
function client:acompanhar(request, options) end
---@param values table a student's fields
---@param options aluno.CallOptions?
---@return aluno.Student? student, "created"|"updated"|"same"|aluno.Error? what
function client:upsert(values, options) end
---@param method string
---@param request table?
---@param options aluno.CallOptions?
---@return table? reply, aluno.Error? err, aluno.ReplyMetadata? metadata
function client:call(method, request, options) end

return aluno
