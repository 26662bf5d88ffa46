-- Moments that a person types: "16/11/2026", "16/11/2026 09:30", "2026-11-16T12:30:05Z"; without the Z in the local time.
local moments = {}

local day_forms = {
    {"^(%d%d?)/(%d%d?)/(%d%d%d%d)", function(day, month, year) return year, month, day end},
    {"^(%d%d%d%d)%-(%d%d?)%-(%d%d?)", function(year, month, day) return year, month, day end},
}

--- Divides a text into its day and the rest -> year, month, day, rest | nil
local function take_day(text)
    for _, form in ipairs(day_forms) do
        local first, second, third = text:match(form[1])
        if first then
            local year, month, day = form[2](first, second, third)
            return tonumber(year), tonumber(month), tonumber(day), (text:gsub(form[1], "", 1))
        end
    end
end

--- Parses "", " 09:30", "T09:30:05Z" -> {hour, minute, second, is_utc =, length = of what was named, in seconds} | nil
local function take_time(rest)
    if rest == "" then return {0, 0, 0, length = 86400} end
    local hour, minute, second, zone = rest:match "^[ T](%d%d?):(%d%d):?(%d*)(Z?)$"
    if not hour or #second == 1 or #second > 2 then return nil end
    return {
        tonumber(hour), tonumber(minute), tonumber(second) or 0,
        is_utc = zone == "Z", length = second == "" and 60 or 1,
    }
end

--- The seconds between the local time and UTC at that moment.
local function offset_at(seconds)
    local utc = os.date("!*t", seconds)
    utc.isdst = os.date("*t", seconds).isdst
    return os.difftime(seconds, os.time(utc))
end

--- Whether the calendar and the clock have it: os.time makes 1 March of 30 February.
local function exists(year, month, day, time)
    local there = os.date("*t", os.time {year = year, month = month, day = day, hour = 12})
    return there.day == day and there.month == month and time[1] < 24 and time[2] < 60 and time[3] < 60
end

--- Parses a moment -> milliseconds since 1970 of its beginning, or with `is_end` of its last millisecond: of the day, the
--- minute or the second that is named | nil
function moments.parse(text, is_end)
    local year, month, day, rest = take_day(text:match "^%s*(.-)%s*$")
    local time = year and year >= 1970 and take_time(rest)
    if not time or not exists(year, month, day, time) then return nil end
    local seconds = os.time {
        year = year, month = month, day = day, hour = time[1], min = time[2], sec = time[3],
    }
    if time.is_utc then seconds = seconds + math.tointeger(offset_at(seconds)) end
    if seconds < 0 then return nil end
    if not is_end then return seconds * 1000 end
    local after = seconds + time.length
    if time.length == 86400 then after = os.time {year = year, month = month, day = day + 1, hour = 0} end
    return after * 1000 - 1
end

return moments
