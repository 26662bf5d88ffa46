-- The file of the rows that were rejected: their columns as they were, and where, why and in what words. It takes its
-- name when the import has ended, and only if there are any; a file that has the name is kept as NAME~, because it
-- may hold corrected rows.
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
    local self = setmetatable({path = path, file = file, kept = found.kept, count = 0}, rejects)
    local names = lists.join(lists.map(found.kept, function(at) return found.headings[at] end), columns.added)
    local err
    self.csv, err = aluno.csv.writer(file, {excel = true, separator = separator, neutralise = true})
    if self.csv then err = select(2, self.csv:write(names)) end
    if err then
        file:abandon()
        return nil, err
    end
    return self
end

--- rejects:add(row) -> true | nil, error
function rejects:add(row)
    local cells = {n = #self.kept + #columns.added}
    for i, at in ipairs(self.kept) do
        cells[i] = row.cells[at]
    end
    cells[cells.n - 2], cells[cells.n - 1], cells[cells.n] = row.line, row.reason, row.message
    self.count = self.count + 1
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
