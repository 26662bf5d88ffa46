-- aluno.log: a script's log, one line per event on stderr.
--
--   aluno.log.info("imported", {rows = 100, file = "alunos.csv"})
--   2026-03-01T12:00:00Z level=info event=imported file=alunos.csv rows=100
--
-- CPFs and e-mail addresses are masked in all values: ***.982.247-**, ***@***. Names cannot be recognized: do not log
-- them. Levels in ascending order: debug, info, warn, error. Lower ones than aluno.log.level (by default info) are not
-- written.
local core = require "core"
local lists = require "aluno.lists"
local printable = require "aluno.printable"
local progress = require "aluno.progress"
local show = require "aluno.show"

local stderr, date = io.stderr, os.date

local log = {level = "info"}

local ranks = {debug = 1, info = 2, warn = 3, error = 4}

local cpf_pattern = "%f[%d]%d%d%d[ ./-]?%d%d%d[ ./-]?%d%d%d[ ./-]?%d%d%f[%D]"
local typographic = {"(%d)\xE2\x80[\x90-\x95]%f[%d]", "(%d)\xC2\xA0%f[%d]"} -- long dashes; a space that does not break
local email_pattern = "[%w.!#$%%&'*+/=?^_`{|}~\128-\255-]+@[%w.\128-\255-]+"

--- Returns the text with what a word processor wrote between digits as ASCII.
local function plain_digits(text)
    for _, separator in ipairs(typographic) do
        text = text:gsub(separator, "%1-")
    end
    return text
end

--- Returns the text with its CPFs and e-mail addresses masked.
function log.mask(text)
    local plain = plain_digits(text)
    if plain:find(cpf_pattern) then text = plain end
    text = text:gsub(cpf_pattern, function(cpf)
        return core.cpf.mask((cpf:gsub("%D", "")))
    end)
    return (text:gsub(email_pattern, "***@***"))
end

--- Returns a value as one word, in quotes if it has several.
local function word_of(value)
    local text = log.mask(tostring(value))
    if text:find '^[^%s"=]+$' and printable(text) == text then return text end
    return show.quote(text)
end

--- Returns an event's line.
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
