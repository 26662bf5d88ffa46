-- The calls that register rows, one by one or a batch at once. They run in a pipeline.
--
-- A row's request id follows from its student: the row that is sent again, by a run after one that was killed, is the
-- same change, and is made once. What the service remembers of request ids (for a day or more) is no answer, though:
-- what was registered then may have been changed or removed since. So of a row that was sent before, and of one whose
-- CPF is taken, the register is asked: the row is there, or somebody else is, or the row is to be registered anew,
-- under an id that also follows from the student who was removed.
local aluno = require "aluno"
local language = require "aluno.language"
local pipeline = require "aluno.pipeline"
local row = require "aluno.importing.row"

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

--- The options of a call that changes something, under the id that follows from those texts. A rehearsal has an id of
--- no meaning: it is another request than the change.
local function options_for(is_rehearsal, ...)
    return not is_rehearsal and {request_id = aluno.uuid(table.concat({...}, "\n"))} or nil
end

--- Compares the row with the student who has its CPF, if there is one -> nil | the error that ends the import
local function settle(self, found, err)
    if found then row.compare(self, found) end
    return err and err.code ~= "NOT_FOUND" and err or nil
end

--- Registers one row -> nil | the error that ends the import
function register.one(calls, self, is_rehearsal)
    local request, former = {student = self.student, validate_only = is_rehearsal}, ""
    while not self.outcome do
        local options = options_for(is_rehearsal, "row", row.key(self), former)
        local reply, err, beside = await(calls:create(request, options))
        if reply and not beside.replayed then
            self.outcome, self.warned = "registered", #beside.warnings > 0
            return nil
        elseif err and err.reason ~= "CPF_TAKEN" then
            if not is_about_rows(err) then return err end
            row.fail(self, err)
            return nil
        end
        local problem = settle(self, await(calls:get {br_document = self.student.br_document}))
        if problem then return problem end
        former = reply and reply.id or former
    end
end

-- ---- batches ----

--- Shares out what a call says of its rows ("students[3].name") -> {[row number] = {violations}}
local function by_row(violations)
    local shares = {}
    for _, violation in ipairs(violations) do
        local number, field = violation.field:match "%[(%d+)%]%.?(.*)$"
        number = (math.tointeger(tonumber(number)) or 0) + 1
        shares[number] = shares[number] or {}
        table.insert(shares[number], setmetatable({field = field}, {__index = violation}))
    end
    return shares
end

--- Rejects those rows of a batch that are left, for others were.
local function undo(rows)
    for _, self in ipairs(rows) do
        if not self.outcome then
            row.reject(self, "BATCH_UNDONE", text.undone:format(rows[1].line, rows[#rows].line))
        end
    end
end

local function has_rejected(rows)
    for _, self in ipairs(rows) do
        if self.outcome == "rejected" then return true end
    end
    return false
end

--- Asks the register for all those rows -> nil | the error that ends the import
local function look_up(calls, rows)
    local futures = {}
    for i, self in ipairs(rows) do
        futures[i] = calls:get {br_document = self.student.br_document}
    end
    for i, self in ipairs(rows) do
        local problem = settle(self, await(futures[i]))
        if problem then return problem end
    end
end

--- What the service says of the rows that it registered, or would not.
local function tell(rows, warnings, violations)
    local warned, faulty = by_row(warnings), by_row(violations)
    for i, self in ipairs(rows) do
        if faulty[i] then row.fail(self, {violations = faulty[i]}) end
        self.warned = warned[i] ~= nil
    end
end

local function without_outcome(rows)
    local left = {}
    for _, self in ipairs(rows) do
        if not self.outcome then left[#left + 1] = self end
    end
    return left
end

--- Sends rows that have no outcome yet as one change -> reply, err, beside
local function send(calls, rows, former, is_rehearsal)
    local students, keys = {}, {}
    for i, self in ipairs(rows) do
        students[i], keys[i] = self.student, row.key(self)
    end
    local options = options_for(is_rehearsal, "batch", table.concat(keys, "\n"), former)
    return await(calls:batch({students = students, validate_only = is_rehearsal}, options))
end

--- Registers a batch of rows, all or none but for those that are registered already -> nil | the error that ends the
--- import
function register.all(calls, rows, is_rehearsal)
    local left, former = without_outcome(rows), ""
    while #left > 0 and not has_rejected(rows) do
        local reply, err, beside = send(calls, left, former, is_rehearsal)
        if reply and not beside.replayed then
            tell(left, beside.warnings, {})
            for _, self in ipairs(left) do
                self.outcome = "registered"
            end
        elseif err and err.reason ~= "CPF_TAKEN" then
            if not is_about_rows(err) then return err end
            tell(left, {}, err.violations)
            if not has_rejected(rows) then row.fail(left[1], err) end
        else
            local problem = look_up(calls, left)
            if problem then return problem end
            former = reply and reply.students[1].id or former
        end
        left = without_outcome(rows)
    end
    undo(rows)
end

return register
