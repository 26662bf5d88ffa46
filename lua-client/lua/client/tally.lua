-- Students counted for charts: by age, and by when they were registered.
--
--   local tally = tally.new()
--   tally:add(student)
--   tally:by_age(20)     -> {{label = "6", count = 12}, …}
--   tally:by_time(24)    -> {{label = "11/2026", count = 40}, …}, "month"
--
-- The bins are at most so many. Each is as long as the others, and those between that have nobody are there, too.
local language = require "client.language"

local tally = {}
tally.__index = tally

local noon = 12 -- a day later is another day, also where clocks change
local widths = {1, 2, 5, 10, 20, 50} -- of bins of ages

local text = language.of {
    pt = {range = "%d a %d", day = "%d/%m", month = "%m/%Y", year = "%Y"},
    en = {range = "%d to %d", day = "%m-%d", month = "%Y-%m", year = "%Y"},
}

function tally.new()
    return setmetatable({count = 0, ages = {}, days = {}}, tally)
end

local function increment(counts, key)
    counts[key] = (counts[key] or 0) + 1
end

function tally:add(student)
    self.count = self.count + 1
    if student.age then increment(self.ages, student.age) end
    if student.create_time then increment(self.days, os.date("%Y-%m-%d", student.create_time // 1000)) end
end

-- ---- ages ----

local function bounds(counts)
    local least, most
    for key in pairs(counts) do
        if not least or key < least then least = key end
        if not most or key > most then most = key end
    end
    return least, most
end

--- The range and the mean of the ages -> {least, most, mean} | nil, without ages
function tally:age_range()
    local least, most = bounds(self.ages)
    if not least then return nil end
    local sum, count = 0, 0
    for age, students in pairs(self.ages) do
        sum, count = sum + age * students, count + students
    end
    return {least = least, most = most, mean = sum / count}
end

local function width_for(least, most, bins_most)
    for _, width in ipairs(widths) do
        if most // width - least // width < bins_most then return width end
    end
    return widths[#widths]
end

function tally:by_age(bins_most)
    local least, most = bounds(self.ages)
    if not least then return {} end
    local bins, width = {}, width_for(least, most, bins_most)
    for from = least // width * width, most, width do
        local count = 0
        for age = from, from + width - 1 do
            count = count + (self.ages[age] or 0)
        end
        bins[#bins + 1] = {label = width == 1 and tostring(from) or text.range:format(from, from + width - 1), count = count}
    end
    return bins
end

-- ---- times ----

local steps = {"day", "month", "year"}
local year_digits, month_digits = 4, 7 -- of "2026-11-29"

--- The first day of the period that has this day.
local function start_of(step, day)
    if step == "year" then return day:sub(1, year_digits) .. "-01-01" end
    return step == "month" and day:sub(1, month_digits) .. "-01" or day
end

local function noon_of(day)
    local year, month, date = day:match "^(%d+)-(%d+)-(%d+)$"
    return {
        year = math.tointeger(tonumber(year)), month = math.tointeger(tonumber(month)),
        day = math.tointeger(tonumber(date)), hour = noon,
    }
end

--- The first day of the next period.
local function next_of(step, start)
    local time = noon_of(start)
    time[step] = time[step] + 1
    return os.date("%Y-%m-%d", os.time(time))
end

--- The bins of one length -> list | nil, when they are too many
local function bins_of(days, step, bins_most)
    local counts, bins = {}, {}
    for day, count in pairs(days) do
        local start = start_of(step, day)
        counts[start] = (counts[start] or 0) + count
    end
    local start, last = bounds(counts)
    while start <= last do
        if #bins == bins_most then return nil end
        bins[#bins + 1] = {label = os.date(text[step], os.time(noon_of(start))), count = counts[start] or 0}
        start = next_of(step, start)
    end
    return bins
end

--- The bins, and how long each is: "day", "month" or "year".
function tally:by_time(bins_most)
    for _, step in ipairs(next(self.days) and steps or {}) do
        local bins = bins_of(self.days, step, bins_most)
        if bins then return bins, step end
    end
    return {}, "year"
end

return tally
