-- Registering the students of a CSV file: batches of rows, several under way at once. Memory is constant but for the
-- file's CPFs (some 100 bytes a row), by which a row that repeats an earlier one's CPF is found. An interrupted
-- import is run again from the start and skips registered rows: see register.lua.
local aluno = require "aluno"
local columns = require "commands.import.columns"
local misuse = require "aluno.misuse"
local pipeline = require "commands.import.pipeline"
local reading = require "commands.import.reading"
local register = require "commands.import.register"
local rejects = require "commands.import.rejects"

local importing = {}

local batches_under_way, batch_rows, lines_named = 8, 100, 10

local options_known = {
    validate_only = "boolean", atomic = "boolean", pad_cpf = "boolean", ignore_others = "boolean", rejects = "string",
    progress = "function",
}

--- Counts a line, and names the first ones.
local function note(lines, line)
    lines.count = lines.count + 1
    if #lines < lines_named then lines[#lines + 1] = line end
end

local function add_up(summary, self)
    summary.rows = summary.rows + 1
    summary[self.outcome] = summary[self.outcome] + 1
    if self.doubtful and self.outcome ~= "rejected" then note(summary.doubtful, self.line) end
    if self.zeros then note(summary["zeros_" .. self.zeros], self.line) end
    for reason in (self.reason or ""):gmatch "%S+" do
        summary.reasons[reason] = (summary.reasons[reason] or 0) + 1
    end
end

--- A function that returns the pipeline's tasks: each registers a batch of rows.
local function tasks_of(next_row, calls, options, state)
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
            rows.problem = register.batch(calls, rows, options.atomic, options.validate_only)
            return rows
        end
    end
end

--- Registers all rows -> nil | the error that ended it
local function register_all(reader, found, refused, calls, options, summary)
    local total, state = options.progress and reading.count_lines(options.path), {}
    local next_row = reading.rows(reader, found, options.pad_cpf)
    local problem = pipeline.run(batches_under_way, tasks_of(next_row, calls, options, state), function(rows)
        if rows.problem then return rows.problem end
        for _, self in ipairs(rows) do
            add_up(summary, self)
            local fine, err = true, nil
            if self.outcome == "rejected" then fine, err = refused:add(self) end
            if not fine then return err end
        end
        if options.progress then options.progress(summary, total) end
    end)
    return problem or state.problem
end

--- Registers the students of the file at `path` -> summary | nil, error[, summary]: of an import that had begun.
---
---   validate_only  a dry run: nothing is stored, and the summary says what would be
---   atomic         batches of 100 rows, each all or none
---   pad_cpf        CPFs that seem to have lost zeros on the left get them again, where their check digits are then right
---   ignore_others  columns that no field has are no mistake
---   rejects        the file for the rows that are rejected; alunos.rejeitados.csv of alunos.csv by itself
---   progress       a function that is called now and then with the summary so far and the number of rows, if it is known
---
--- The summary: {rows, registered, present, rejected, reasons = {CPF_TAKEN = 3}, rejects = path or nil, validated}, and
--- doubtful, zeros_lost and zeros_added, each {count = 12, 17, 30 …} with the first lines concerned. Rows that are
--- rejected are no error.
function importing.run(client, path, options)
    misuse.check(options or {}, options_known)
    options = setmetatable({path = path}, {__index = options})
    local reader <close>, err = aluno.csv.open(path, {neutralised = true})
    if not reader then return nil, err end
    local headings, found
    headings, err = reading.headings(reader)
    if not headings then return nil, err end
    found, err = columns.find(headings, options.ignore_others)
    if not found then return nil, err end
    local refused <close>, problem = rejects.open(options.rejects or rejects.path_for(path), found, reader.separator)
    if not refused then return nil, problem end
    local summary = {
        validated = options.validate_only or false, rows = 0, registered = 0, present = 0, rejected = 0, reasons = {},
        doubtful = {count = 0}, zeros_lost = {count = 0}, zeros_added = {count = 0},
    }
    problem = register_all(reader, found, refused, client:async(), options, summary)
    if problem then return nil, problem, summary end
    if options.progress then options.progress(summary, summary.rows) end
    summary.rejects, problem = refused:finish()
    if problem then return nil, problem, summary end
    summary.rejects = summary.rejects or nil
    return summary
end

return importing
