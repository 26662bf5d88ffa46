-- Registering the students of a CSV file: batches of rows, several under way at once. Memory is constant but for the
-- file's CPFs (some 100 bytes a row), by which a row that repeats an earlier one's CPF is found. An interrupted
-- import is run again from the start and skips registered rows: see register.lua.
local aluno = require "aluno"
local changes = require "client.changes"
local columns = require "commands.import.columns"
local core = require "core"
local date_order = require "commands.import.date_order"
local encodings = require "aluno.encodings"
local errors = require "client.errors"
local file_kind = require "aluno.file_kind"
local imports = require "client.imports"
local language = require "client.language"
local misuse = require "aluno.misuse"
local pipeline = require "commands.import.pipeline"
local reading = require "commands.import.reading"
local register = require "commands.import.register"
local rejects = require "commands.import.rejects"
local summary = require "commands.import.summary"
local workbook = require "commands.import.workbook"

local io = io
local stdin = io.stdin

local importing = {}

local text = language.of {
    pt = {
        encoding = "não há a codificação '%s'; há: utf-8, utf-16, cp1252, cp850, cp860, macroman",
        no_sheets = "só pastas de trabalho do Excel (.xlsx) têm planilhas; %s não é uma",
    },
    en = {
        encoding = "there is no encoding '%s'; there are: utf-8, utf-16, cp1252, cp850, cp860, macroman",
        no_sheets = "only Excel workbooks (.xlsx) have sheets; %s is none",
    },
}

local batches_under_way, batch_rows = 8, 100

local options_known = {
    validate_only = "boolean", atomic = "boolean", update = "boolean", pad_cpf = "boolean", ignore_others = "boolean",
    column = "table", encoding = "string", sheet = "string", rejects = "string", dates = "string", progress = "function",
    asks = "function",
}

--- A function that returns the pipeline's tasks: each registers a batch of rows.
local function tasks_of(next_row, calls, options, state, log)
    return function()
        local rows = {}
        while #rows < batch_rows do
            local self, problem = next_row()
            state.problem = state.problem or problem
            if not self then break end
            rows[#rows + 1] = self
        end
        if #rows == 0 then return nil end
        return function()
            rows.requests = {}
            local function sent(request_id)
                rows.requests[#rows.requests + 1] = request_id
                log:sent(request_id)
            end
            rows.problem = register.batch(calls, rows, setmetatable({sent = sent}, {__index = options}))
            return rows
        end
    end
end

--- Registers all rows, which are added to the sum -> nil | the error that ended it
local function register_all(reader, found, refused, calls, options, sum, log)
    local total, state = options.progress and not reader.sheet and reading.count_lines(options.path) or nil, {}
    local function skip(line) summary.skip(sum, line) end
    local next_row = reading.rows(reader, found, options.pad_cpf ~= false, skip)
    local problem = pipeline.run(batches_under_way, tasks_of(next_row, calls, options, state, log), function(rows)
        if rows.problem then return rows.problem end
        for _, self in ipairs(rows) do
            summary.add(sum, self)
            if self.outcome == "registered" and not options.validate_only then log:add(self) end
            local fine, err = true, nil
            if self.outcome == "rejected" then fine, err = refused:add(self) end
            if not fine then return err end
        end
        log:settle(rows.requests)
        if options.progress then options.progress(sum, total) end
    end)
    return problem or state.problem
end

--- Whether a file begins as a workbook does that can be read.
local function is_workbook(path)
    local file <close> = core.host.is_regular_file(path) and io.open(path, "rb")
    return file and workbook.is_available and file_kind.of(file:read(4096) or "") == "xlsx"
end

--- Opens a workbook or a file of CSV, or stdin for "-" -> reader | nil, error
local function open(path, options)
    if path ~= "-" and is_workbook(path) then return workbook.open(path, options.sheet) end
    if options.sheet then return nil, errors.new("ARGUMENT_INVALID", text.no_sheets:format(path), "") end
    local csv_options = {neutralised = true, encoding = options.encoding}
    if path == "-" then return aluno.csv.reader(stdin, csv_options) end
    return aluno.csv.open(path, csv_options)
end

--- Checks the options -> the headings that --coluna gives | nil, error
local function check(options)
    misuse.check(options, options_known)
    if options.encoding and not encodings.find(options.encoding) then
        return nil, errors.new("ARGUMENT_INVALID", text.encoding:format(options.encoding), "")
    end
    return columns.given(options.column)
end

--- Registers the students of the file at `path`, CSV or a workbook, or of stdin for "-" -> summary | nil, error[, summary]:
--- of an import that had begun. The summary is one of summary.lua, with the encodings of reader:encodings() and the columns
--- of columns.lua. Rows that are rejected are no error.
---
---   validate_only  a dry run: nothing is stored, and the summary says what would be
---   atomic         batches of 100 rows, each all or none
---   update         students who are registered get the file's values; otherwise such rows are rejected
---   pad_cpf        false: CPFs that seem to have lost zeros on the left do not get them again, where their check digits
---                  are then right
---   ignore_others  nothing is said of columns that no field has
---   column         {"nome=Aluno", …}: which column a field is in
---   dates          "day/month" or "month/day": where dates of birth such as 05/03/2010 may be both
---   asks           a function that asks a person a question, to be answered by true or false; otherwise it is an error when
---                  many dates may be both and no other decides
---   encoding       the file's; otherwise it is found out
---   sheet          the name or the number of a workbook's sheet; otherwise the first one
---   rejects        the file for the rows that are rejected; alunos.rejeitados.csv of alunos.csv by itself
---   progress       a function that is called now and then with the summary so far and the number of rows, if it is known
function importing.run(client, path, options)
    options = options or {}
    local given, err = check(options)
    if not given then return nil, err end
    options = setmetatable({path = path}, {__index = options})
    local reader <close>, unread = open(path, options)
    if not reader then return nil, unread end
    local found
    found, err = reading.columns(reader, given)
    if not found then return nil, err end
    found.is_quiet = options.ignore_others
    local function open_again() return open(path, options) end
    local order, is_said
    order, is_said = date_order.of(options, found, given, core.host.is_regular_file(path) and open_again)
    if not order then return nil, is_said end
    found.is_month_first, found.is_order_said = order == "month", is_said
    local rejects_path = options.rejects or rejects.path_for(path == "-" and "stdin" or path)
    local refused <close>, problem = rejects.open(rejects_path, found, reader.separator)
    if not refused then return nil, problem end
    local sum = summary.new(options.validate_only)
    sum.encodings, sum.columns, sum.sheet, sum.sheets = reader:encodings(), found, reader.sheet, reader.sheets
    local log <close> = imports.new()
    problem = register_all(reader, found, refused, client:async(), options, sum, log)
    sum.log_problem = log.problem
    changes.add_import(log)
    sum.encodings = reader:encodings()
    if problem then return nil, problem, sum end
    log:finish()
    if options.progress then options.progress(sum, sum.rows) end
    sum.rejects, problem = refused:finish()
    if problem then return nil, problem, sum end
    sum.rejects = sum.rejects or nil
    return sum
end

return importing
