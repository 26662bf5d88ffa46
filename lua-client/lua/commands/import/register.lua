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
local function send(calls, rows, salt, is_dry_run)
    local students = lists.map(rows, function(self) return self.student end)
    local keys = table.concat(lists.map(rows, row.key), "\n") .. "\n" .. salt
    local request_id = not is_dry_run and aluno.uuid(keys) or nil
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

--- Asks the register for those rows -> nil | the error that ends the import. Rows that it lacks have no outcome yet.
local function look_up(calls, rows)
    local futures = lists.map(rows, function(self) return calls:get {br_document = self.student.br_document} end)
    for i, self in ipairs(rows) do
        local found, err = await(futures[i])
        if err and err.code ~= "NOT_FOUND" then return err end
        if found then row.compare(self, found) end
    end
end

--- Rejects the rest of a batch because some of its rows were rejected.
local function undo(rows)
    for _, self in ipairs(with_outcome(rows, nil)) do
        row.reject(self, "BATCH_UNDONE", text.undone:format(rows[1].line, rows[#rows].line))
    end
end

--- Sends the rows that have no outcome yet once, and gives outcomes to some or all of them -> nil | the error that ends
--- the import, what the id of the next attempt follows from
local function attempt(calls, left, salt, is_dry_run)
    local reply, err, metadata = send(calls, left, salt, is_dry_run)
    if reply and not metadata.replayed then
        for _, self in ipairs(left) do
            self.outcome = "registered"
        end
    elseif reply or err.reason == "CPF_TAKEN" then
        return look_up(calls, left), reply and reply.students[1].id or salt
    elseif is_about_rows(err) then
        reject(left, err)
    else
        return err
    end
    return nil, salt
end

--- Registers a batch of rows -> nil | the error that ends the import. is_atomic: all or none, but for those that are
--- registered already. is_dry_run: nothing is stored.
function register.batch(calls, rows, is_atomic, is_dry_run)
    local left, salt, problem = with_outcome(rows, nil), ""
    while #left > 0 and not (is_atomic and with_outcome(rows, "rejected")[1]) do
        problem, salt = attempt(calls, left, salt, is_dry_run)
        if problem then return problem end
        left = with_outcome(rows, nil)
    end
    undo(rows)
end

return register
