-- Times of the contract, milliseconds since 1970, as people and files read them.
local language = require "client.language"

local dates = {}

local people = language.of {pt = "%d/%m/%Y %H:%M", en = "%Y-%m-%d %H:%M"}

--- Returns whether a field is a time: its label names the unit.
function dates.is_time(field)
    return field.kind == "int" and field.label ~= nil and field.label.en:find("(Unix ms)", 1, true) ~= nil
end

--- "16/11/2026 09:30", in the local time; with --lang en "2026-11-16 09:30".
function dates.text(milliseconds)
    return os.date(people, milliseconds // 1000)
end

--- "2026-11-16T12:30:05Z", for files.
function dates.iso(milliseconds)
    return os.date("!%Y-%m-%dT%H:%M:%SZ", milliseconds // 1000)
end

return dates
