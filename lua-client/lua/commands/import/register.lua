-- The calls that register rows, a batch of them at once. They run in a pipeline.
--
-- One call registers all of its rows or none; so rows that are found wrong are taken out, and the others sent again,
-- unless they are to be all or none themselves.
--
-- A batch's request id follows from its students: what is sent again, by a run after one that was killed, is the same
-- change, and is made once. A replayed reply (for a day or more) is not enough: the student may have been changed or
-- removed since. So the register is read for rows that were sent before and for rows whose CPF is taken. The row is
-- there, or another student is, or the row is registered again, under an id that also depends on the removed student.
local aluno = require "aluno"
local language = require "client.language"
local lists = require "aluno.lists"
local pipeline = require "commands.import.pipeline"
local row = require "commands.import.row"

local await = pipeline.await

local register = {}

local text = language.of {
    pt = {undone = "nada do lote, das linhas %d a %d, foi cadastrado, por causa das recusadas por outra razão"},
    en = {undone = "nothing of the batch, lines %d to %d, was registered, because of those rejected for another reason"},
}

--- Whether an error is about what was sent; otherwise the rows after it would fail alike.
local function is_about_rows(err)
    return err.code == "INVALID_ARGUMENT" or err.code == "ALREADY_EXISTS"
end

--- The rows with that outcome; without any when it is nil.
local function with_outcome(rows, outcome)
    return lists.map(rows, function(self) return self.outcome == outcome and self end)
end

--- Sends rows as one change -> reply, err, metadata. Its id is derived from the students and the salt, so that a repeated
--- run sends the same id. A dry run, which is another request, gets a random one.
local function send(calls, rows, salt, options)
    local is_dry_run = options.validate_only
    local students = lists.map(rows, function(self) return self.student end)
    local keys = table.concat(lists.map(rows, row.key), "\n") .. "\n" .. salt
    local request_id = not is_dry_run and aluno.uuid(keys) or nil
    if request_id and options.sent then options.sent(request_id) end
    return await(calls:batch({students = students, validate_only = is_dry_run}, {request_id = request_id}))
end

--- Rejects the rows that the service names ("students[3].name"): at least the first one, for one of them is wrong.
local function reject(rows, err)
    local shares = {}
    for _, violation in ipairs(err.violations) do
        local number, field = violation.field:match "%[(%d+)%]%.?(.*)$"
        local self = rows[(math.tointeger(tonumber(number)) or 0) + 1]
        shares[self] = shares[self] or {violations = {}}
        table.insert(shares[self].violations, setmetatable({field = field}, {__index = violation}))
    end
    if not next(shares) then shares[rows[1]] = err end
    for self, share in pairs(shares) do
        row.fail(self, share)
    end
end

--- Changes a student as the row has it -> future. The id follows from the row and what it changes.
local function start_update(calls, self, is_dry_run)
    local student = {}
    for _, change in ipairs(self.changes) do
        student[change.field.name] = change.new
    end
    local request_id = not is_dry_run and aluno.uuid(row.key(self) .. "\n" .. self.etag) or nil
    return calls:update({id = self.id, etag = self.etag, student = student, validate_only = is_dry_run},
        {request_id = request_id})
end

--- Updates the students of the rows that have changes -> nil | the error that ends the import
local function update(calls, rows, is_dry_run)
    local futures = lists.map(rows, function(self) return start_update(calls, self, is_dry_run) end)
    for i, self in ipairs(rows) do
        local changed, err = await(futures[i])
        if changed then
            self.outcome, self.etag = "updated", changed.etag
        elseif is_about_rows(err) or err.code == "ABORTED" or err.code == "NOT_FOUND" then
            row.fail(self, err)
        else
            return err
        end
    end
end

--- Reads the students of those rows by CPF, or by the id in the batch's reply -> nil | the error that ends the import. Rows
--- without a student get no outcome.
local function look_up(calls, asked, options, reply)
    local rows, futures = {}, {}
    for i, self in ipairs(asked) do
        local id, cpf = reply and reply.students[i].id, self.student.br_document
        if id or cpf then
            rows[#rows + 1] = self
            futures[#rows] = calls:get(cpf and {br_document = cpf} or {id = id})
        end
    end
    for i, self in ipairs(rows) do
        local found, err = await(futures[i])
        if err and err.code ~= "NOT_FOUND" then return err end
        if found then row.compare(self, found, options.update) end
    end
    local differing = lists.map(rows, function(self) return not self.outcome and self.changes and self end)
    return update(calls, differing, options.validate_only)
end

--- Rejects the rest of a batch because some of its rows were rejected.
local function undo(rows)
    for _, self in ipairs(with_outcome(rows, nil)) do
        row.reject(self, "BATCH_UNDONE", text.undone:format(rows[1].line, rows[#rows].line))
    end
end

--- Sends the rows that have no outcome yet once, and gives outcomes to some or all of them -> nil | the error that ends
--- the import, what the id of the next attempt follows from
local function attempt(calls, left, salt, options)
    local reply, err, metadata = send(calls, left, salt, options)
    if reply and not metadata.replayed then
        for i, self in ipairs(left) do
            local student = reply.students[i] or {} -- a dry run makes none
            self.outcome, self.id, self.etag = "registered", student.id, student.etag
            self.create_time = student.create_time
        end
    elseif reply or err.reason == "CPF_TAKEN" then
        return look_up(calls, left, options, reply), reply and reply.students[1].id or salt
    elseif is_about_rows(err) then
        reject(left, err)
    else
        return err
    end
    return nil, salt
end

--- Registers a batch of rows -> nil | the error that ends the import. Options: atomic, all or none of those that are not
--- registered yet; validate_only, nothing is stored; update, registered students get the rows' values; sent, a function
--- that is called with each request id before it is used.
function register.batch(calls, rows, options)
    local left, salt, problem = with_outcome(rows, nil), ""
    while #left > 0 and not (options.atomic and with_outcome(rows, "rejected")[1]) do
        problem, salt = attempt(calls, left, salt, options)
        if problem then return problem end
        left = with_outcome(rows, nil)
    end
    undo(rows)
end

return register
