-- aluno.log: what a script does, for those who run it: one line an event on stderr.
--
--   aluno.log.info("imported", {rows = 100, file = "alunos.csv"})
--   2026-03-01T12:00:00Z level=info event=imported file=alunos.csv rows=100
--
-- CPFs and e-mail addresses are masked wherever they stand: ***.982.247-**, ***@***. Names are not known to be such:
-- leave them out. Levels, from the least: debug, info, warn, error; aluno.log.level (info by itself) is the least
-- that is written.
local core = require "core"
local lists = require "aluno.lists"
local progress = require "aluno.progress"
local show = require "aluno.show"

local stderr, date = io.stderr, os.date

local log = {level = "info"}

local ranks = {debug = 1, info = 2, warn = 3, error = 4}

local cpf_pattern = "%f[%d]%d%d%d[ ./-]?%d%d%d[ ./-]?%d%d%d[ ./-]?%d%d%f[%D]"
local email_pattern = "[%w.!#$%%&'*+/=?^_`{|}~\128-\255-]+@[%w.\128-\255-]+"

--- The text without what could name a person: its CPFs and e-mail addresses masked.
function log.mask(text)
    text = text:gsub(cpf_pattern, function(cpf)
        return core.cpf.mask((cpf:gsub("%D", "")))
    end)
    return (text:gsub(email_pattern, "***@***"))
end

--- A value as one word: in quotes where it would be several.
local function word_of(value)
    local text = log.mask(tostring(value))
    if text:find '^[^%s%c"=]+$' then return text end
    return show.quote(text)
end

--- The line that an event would be.
function log.line(level, event, values)
    local words = {date "!%Y-%m-%dT%H:%M:%SZ", "level=" .. level, "event=" .. word_of(event)}
    return table.concat(lists.join(words, lists.map(lists.keys(values or {}), function(key)
        return key .. "=" .. word_of(values[key])
    end)), " ")
end

local function write(level, event, values)
    local least = ranks[log.level] or error(("there is no level '%s'"):format(tostring(log.level)), 3)
    if values ~= nil and type(values) ~= "table" then error("what belongs to an event must be a table", 3) end
    if ranks[level] < least then return end
    progress.hide()
    stderr:write(log.line(level, event, values), "\n")
end

for level in pairs(ranks) do
    log[level] = function(event, values) write(level, event, values) end
end

return log
