-- Dates in Excel: numbers of days, which a style shows as dates.
local excel_dates = {}

local seconds_of_a_day, unix_epoch, from_1904, leap_bug = 86400, 25569, 1462, 60
local last = 2958465 -- 9999-12-31

--- The formats that every workbook has and that show a day.
local function is_built_in(id)
    return id >= 14 and id <= 17 or id == 22 or id >= 27 and id <= 31 or id == 36 or id >= 50 and id <= 54 or id == 57 or
        id == 58
end

--- Whether a number's format shows a day: its id, and its code if the workbook defines it.
function excel_dates.is_format(id, code)
    if not code then return id ~= nil and is_built_in(id) end
    local plain = code:gsub('"[^"]*"', ""):gsub("\\.", ""):gsub("%b[]", ""):gsub("_.", ""):gsub("%*.", ""):lower()
    return plain:find "[yd]" ~= nil
end

--- "2010-12-31" of a number of days since 1899-12-30, or since 1904-01-01 | nil, when it is none. Excel has a
--- 29 February in 1900, so that days before it count one less.
function excel_dates.text(days, is_1904)
    days = math.floor(days) + (is_1904 and from_1904 or 0)
    if days < 1 or days > last then return nil end
    if days < leap_bug and not is_1904 then days = days + 1 end
    return os.date("!%Y-%m-%d", (days - unix_epoch) * seconds_of_a_day)
end

return excel_dates
