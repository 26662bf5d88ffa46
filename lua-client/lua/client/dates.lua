-- Times of the contract, milliseconds since 1970, and days, as people and files read them.
local language = require "client.language"

local dates = {}

local people = language.of {pt = "%d/%m/%Y %H:%M", en = "%Y-%m-%d %H:%M"}

--- The unit in the label of a field that is a time.
dates.unit = {pt = "(ms Unix)", en = "(Unix ms)"}

--- Returns whether a field is a time: its label names the unit.
function dates.is_time(field)
    return field.kind == "int" and field.label ~= nil and field.label.en:find(dates.unit.en, 1, true) ~= nil
end

--- "16/11/2026 09:30", in the local time; with --lang en "2026-11-16 09:30".
function dates.text(milliseconds)
    return os.date(people, milliseconds // 1000)
end

--- A day "2010-03-05", or a masked one, as people write it: "05/03/2010"; with --lang en it stays.
function dates.day(text)
    local year, month, day = text:match "^(%d%d%d%d)%-([%d*][%d*])%-([%d*][%d*])$"
    return year and language.name == "pt" and ("%s/%s/%s"):format(day, month, year) or text
end

function dates.this_year()
    return tonumber(os.date "%Y")
end

--- "2026-11-16T12:30:05Z", for files.
function dates.iso(milliseconds)
    return os.date("!%Y-%m-%dT%H:%M:%SZ", milliseconds // 1000)
end

return dates
