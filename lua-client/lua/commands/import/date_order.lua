-- Whether a file's dates of birth are day/month or month/day: 05/03/2010 may be both. A date such as 25/03/2010 decides for
-- its column. Without one, a person is asked; a program has to say it where a mistake is likely.
local cells = require "commands.import.cells"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local reading = require "commands.import.reading"

local date_order = {}

local assumed_most = 4 -- dates that may be both, which a program may import as day/month: that many are so by chance

local text = language.of {
    pt = {
        words = {dia = "day", ["dia/mes"] = "day", mes = "month", ["mes/dia"] = "month"},
        wrong = "--datas é dia/mês ou mês/dia, e não '%s'",
        either = "na coluna %s, %s pode ser %s (dia/mês) ou %s (mês/dia), e nenhuma outra data do arquivo decide",
        month = "na coluna %s, as datas estão com o mês antes do dia: %s",
        remedy = "diga qual é com --datas dia/mês ou --datas mês/dia",
        months = {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro",
            "dezembro"},
        day = "%s de %s", first = "1º",
        ask_either = "Na coluna %s, %s é %s (e não %s)?",
        ask_month = "Na coluna %s, as datas estão com o mês antes do dia, como %s. Ler todas como mês/dia?",
    },
    en = {
        words = {day = "day", ["day/month"] = "day", month = "month", ["month/day"] = "month"},
        wrong = "--dates is day/month or month/day, and not '%s'",
        either = "in the column %s, %s may be %s (day/month) or %s (month/day), and no other date of the file decides",
        month = "in the column %s, the dates have the month before the day: %s",
        remedy = "say which by --dates day/month or --dates month/day",
        months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December"},
        day = "%s %s", first = "1",
        ask_either = "In the column %s, is %s %s (and not %s)?",
        ask_month = "In the column %s, the dates have the month before the day, as %s. Read all as month/day?",
    },
}

--- The order that a word gives: "day" or "month", true | nil, error
local function given(word)
    local order = text.words[options.plain(word)]
    if order then return order, true end
    return nil, errors.new("ARGUMENT_INVALID", text.wrong:format(word), "")
end

--- How many of a file's dates are of each order, and the first one of each: {day = 3, month = 0, either = 12, first = {…}}
local function count(reader, found)
    local counts = {day = 0, month = 0, either = 0, first = {}}
    reading.each_date(reader, found, function(cell)
        local order = cells.date_order(cell)
        if not order then return end
        counts[order] = counts[order] + 1
        counts.first[order] = counts.first[order] or cell:match "^%s*(.-)%s*$"
    end)
    return counts
end

--- "5 de março", of 05/03/2010.
local function day_of(cell, is_month_first)
    local month, day = cells.birth_date(cell, nil, is_month_first):match "(%d+)-(%d+)$"
    return text.day:format(day == "01" and text.first or tonumber(day), text.months[tonumber(month)])
end

--- The order by what a person says -> order, true | nil, error
local function ask(heading, counts, asks)
    local cell = counts.first.month or counts.first.either
    local question = text.ask_month:format(heading, cell)
    if counts.month == 0 then question = text.ask_either:format(heading, cell, day_of(cell, false), day_of(cell, true)) end
    local agreed = asks(question)
    if agreed == nil then return nil, errors.new "CALL_CANCELLED" end
    return (agreed == (counts.month > 0)) and "month" or "day", true
end

local function refuse(heading, counts)
    local cell = counts.first.month or counts.first.either
    local message = counts.month > 0 and text.month:format(heading, cell)
        or text.either:format(heading, cell, day_of(cell, false), day_of(cell, true))
    return nil, errors.new("ARGUMENT_INVALID", message, text.remedy)
end

--- Whether dates of the file say that it is day/month, or so few may be both that they are taken for that.
local function is_day_first(counts, asks)
    if counts.day > 0 then return true end
    return counts.month == 0 and counts.either <= (asks and 0 or assumed_most)
end

--- The order of a file's dates: "day" or "month", whether somebody has said it | nil, error. chosen.dates is the word of
--- --datas; chosen.asks(question) -> boolean | nil asks a person, where there is one. `open` opens the file once more ->
--- reader | nil, error; it is nil when that cannot be done, as with stdin.
function date_order.of(chosen, found, given_columns, open)
    if chosen.dates then return given(chosen.dates) end
    local places = lists.map({"birth_date", "age"}, function(name) return found.places[name] end)
    if not open or #places == 0 then return "day" end
    local reader <close>, err = open()
    if not reader then return nil, err end
    local again
    again, err = reading.columns(reader, given_columns)
    if not again then return nil, err end
    local counts, heading = count(reader, again), found.headings[places[1]]
    if is_day_first(counts, chosen.asks) then return "day" end
    if not chosen.asks then return refuse(heading, counts) end
    return ask(heading, counts, chosen.asks)
end

return date_order
