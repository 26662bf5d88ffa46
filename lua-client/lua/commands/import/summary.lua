-- The outcomes of an import's rows, added up.
local summary = {}

local lines_named, changes_shown = 10, 20

--- A new summary: {rows, registered, updated, present, rejected, reasons = {CPF_TAKEN = 3}, faults, rejects = path or nil,
--- validated}, and doubtful, zeros_lost, zeros_added, garbled, skipped and either_dates (day/month and month/day), each
--- {count = 12, 17, 30 …} with the first lines concerned. `decided_dates`: how many are of one order. `faults`: {{reason =,
--- field =, count =}, …}, by field; `garbled.names`: {{"JoÃ£o", "João"}, {"Jo?o", "?"}, …}; `changes`: {{line =, id =, list of
--- row.changes}, …}, the first ones.
function summary.new(is_dry_run)
    return {
        validated = is_dry_run or false, rows = 0, registered = 0, updated = 0, present = 0, rejected = 0, reasons = {},
        faults = {}, changes = {},
        doubtful = {count = 0}, zeros_lost = {count = 0}, zeros_added = {count = 0}, garbled = {count = 0, names = {}},
        skipped = {count = 0}, either_dates = {count = 0}, decided_dates = 0,
    }
end

--- Counts a line, and names the first ones.
local function note(lines, line)
    lines.count = lines.count + 1
    if #lines < lines_named then lines[#lines + 1] = line end
    return #lines == lines.count
end

--- Counts what a row was rejected for: once for each of its reasons, by the field.
local function add_fault(self, violation)
    local key = violation.reason .. " " .. (violation.field or "")
    local fault = self.faults[key]
    if not fault then
        fault = {reason = violation.reason, field = violation.field, count = 0}
        self.faults[key] = fault
        table.insert(self.faults, fault)
    end
    fault.count = fault.count + 1
    self.reasons[violation.reason] = (self.reasons[violation.reason] or 0) + 1
end

--- Counts a line that has nothing of a student.
function summary.skip(self, line)
    note(self.skipped, line)
end

--- Adds a row that has its outcome.
function summary.add(self, row)
    self.rows = self.rows + 1
    self[row.outcome] = self[row.outcome] + 1
    if row.zeros then note(self["zeros_" .. row.zeros], row.line) end
    if row.outcome == "rejected" then
        for _, violation in ipairs(row.violations) do
            add_fault(self, violation)
        end
        return
    end
    if row.date_order == "either" then note(self.either_dates, row.line) end
    if row.date_order and row.date_order ~= "either" then self.decided_dates = self.decided_dates + 1 end
    if row.doubtful then note(self.doubtful, row.line) end
    if row.garbled and note(self.garbled, row.line) then
        table.insert(self.garbled.names, {row.student.name, row.garbled})
    end
    if row.outcome == "updated" and #self.changes < changes_shown then
        table.insert(self.changes, {line = row.line, id = row.id, list = row.changes})
    end
end

return summary
