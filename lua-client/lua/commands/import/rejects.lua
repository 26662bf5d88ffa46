-- The file of the rows that were rejected: their columns as they were, and where, why and in what words. A row that cannot
-- be divided into the columns is there whole, as its text was, so that it can be corrected there. The file takes its name
-- when the import has ended, and only if there are any; a file that has the name is kept as NAME~, because it may
-- hold corrected rows.
local aluno = require "aluno"
local core = require "core"
local columns = require "commands.import.columns"
local lists = require "aluno.lists"
local replacement = require "client.replacement"

local rejects = {}
rejects.__index = rejects

local function fail(problem)
    return core.fail("FILE_UNUSABLE", problem)
end

--- Where the rejected rows of a file go by themselves: alunos.rejeitados.csv of alunos.csv.
function rejects.path_for(path)
    local word = ({pt = "rejeitados", en = "rejects"})[aluno.language]
    return path:gsub("%.[^./]*$", "") .. "." .. word .. ".csv"
end

--- rejects.open(path, the columns found, the separator) -> rejects | nil, error
function rejects.open(path, found, separator)
    local file, problem = replacement.open(path)
    if not file then return fail(problem) end
    local self = setmetatable({path = path, file = file, kept = found.kept, has_added = #found.added > 0, count = 0,
        separator = separator}, rejects)
    local names = lists.join(columns.kept_headings(found), columns.added)
    local err
    self.csv, err = aluno.csv.writer(file, {excel = true, separator = separator, neutralise = true})
    if self.csv then err = select(2, self.csv:write(names)) end
    if err then
        file:abandon()
        return nil, err
    end
    return self
end

--- The text of a row without what a file of rejected rows had added to it, its formulas neutralised.
local function text_of(self, raw)
    local separator = "%" .. self.separator
    local added = separator .. "%d+" .. separator .. "[%u_ ]+" .. separator
    raw = self.has_added and raw:match("^(.*)" .. added) or raw
    local safe = (self.separator .. raw):gsub("(" .. separator .. ' *"?)([=+%-@\t\r])', "%1'%2")
    return safe:sub(2)
end

--- Writes a row as its text and, in the columns behind it, what was added.
local function write_raw(self, row)
    local fine, problem = self.file:write(text_of(self, row.raw) .. self.separator)
    if not fine then return fail(problem) end
    return self.csv:write {row.line, row.reason, row.message}
end

--- rejects:add(row) -> true | nil, error
function rejects:add(row)
    self.count = self.count + 1
    if row.raw then return write_raw(self, row) end
    local cells = {n = #self.kept + #columns.added}
    for i, at in ipairs(self.kept) do
        cells[i] = row.cells[at]
    end
    cells[cells.n - 2], cells[cells.n - 1], cells[cells.n] = row.line, row.reason, row.message
    return self.csv:write(cells)
end

--- rejects:finish() -> the file's path, or false when there are none | nil, error
function rejects:finish()
    if self.count == 0 then
        self.file:abandon()
        return false
    end
    local fine, problem = self.file:commit(true)
    if not fine then return fail(problem) end
    return self.path
end

function rejects:__close()
    self.file:abandon()
end

return rejects
