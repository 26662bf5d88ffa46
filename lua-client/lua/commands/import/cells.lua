-- Undoes changes that spreadsheets make to values: ="…", a leading apostrophe, CPFs that became numbers, dates of birth.
local aluno = require "aluno"
local core = require "core"
local excel_dates = require "commands.import.excel_dates"

local cells = {}

local cpf_length = 11

--- A cell as its text: ="16", '16' and '16 are 16, and a line's end inside it is a space. Names may begin with an
--- apostrophe of their own, before a small letter ('t Hooft).
function cells.text(cell, is_name)
    local formula = cell:match '^%s*="(.*)"%s*$'
    if formula then cell = formula:gsub('""', '"') end
    cell = cell:match "^%s*=%s*([%d.,/-]+)%s*$" or cell
    cell = cell:match "^%s*'(.*)'%s*$" or cell
    cell = cell:match(is_name and "^%s*'(%f[%u\xC3].*)$" or "^%s*'(.*)$") or cell
    return (cell:gsub("[\r\n\v\f\t]+", " "))
end

--- Whether there is nothing in a cell: spaces, or the dash that stands for nothing.
function cells.is_empty(cell)
    return not cell:gsub("\u{A0}", ""):gsub("\u{2013}", "-"):gsub("\u{2014}", "-"):find "[^%s-]"
end

--- A cell as a whole number | nil
function cells.whole(cell)
    if cell:find "\0" then return nil end
    return core.whole((cell:gsub("%s+[aA][nN][oO][sS]?%s*$", "")))
end

--- The CPF with the zeros that it seems to have lost: with them, its check digits are right | nil
local function with_zeros(digits)
    if #digits >= cpf_length then return nil end
    local whole = ("0"):rep(cpf_length - #digits) .. digits
    return aluno.cpf.check(whole) and whole or nil
end

--- A cell as a CPF -> its text, "lost" or "added" when it seems to have lost zeros on the left. 3338904851.0 is the number
--- 3338904851, but only where the check digits show that it is a CPF.
function cells.cpf(cell, add_zeros)
    local plain = cell:gsub("\u{A0}", " "):match "^%s*(.-)%s*$"
    local digits = plain:match "^(%d+)[.,]0+$" or plain:match "^%d+$"
    if not digits then return cell end
    local whole = with_zeros(digits)
    if whole then return add_zeros and whole or cell, add_zeros and "added" or "lost" end
    return #digits == cpf_length and aluno.cpf.check(digits) and digits or cell
end

-- ---- dates of birth ----

local months = {}
for number, names in ipairs {"jan", "fev feb", "mar", "abr apr", "mai may", "jun", "jul", "ago aug", "set sep", "out oct",
    "nov", "dez dec"} do
    for name in names:gmatch "%a+" do
        months[name] = number
    end
end

--- The parts of eight digits, 31122010 or 20101231, of which one must be likely -> year, month, day | nil
local function parts_of_digits(text)
    local day, month, year = text:match "^(%d%d)(%d%d)([12][089]%d%d)$"
    if not (day and month <= "12") then year, month, day = text:match "^([12][089]%d%d)(%d%d)(%d%d)$" end
    return year, month, day
end

--- The two numbers before a year, 5/3/2010, as text, and the year | nil
local function numbers_of(text)
    return text:match "^(%d%d?)[-/.](%d%d?)[-/.](%d+)%f[%D]"
end

--- The parts of a date's text, as text -> year, month, day | nil
local function parts_of(text, is_month_first)
    if text:find "^%d+$" then return parts_of_digits(text) end
    text = text:gsub("^%a[%a-]+, ", ""):gsub("^1[oº]%f[^%wº]", "1") -- sexta-feira, 1º de maio
    local year, month, day = text:match "^(%d%d%d%d)[-/.](%d%d?)[-/.](%d%d?)%f[%D]"
    if year then return year, month, day end
    day, month, year = numbers_of(text)
    if year and is_month_first then day, month = month, day end
    if year then return year, month, day end
    day, month, year = text:match "^(%d%d?)[-/. ]*d?e?[-/. ]*(%a%a%a)%a*[-/. ]*d?e?[-/. ]*(%d+)$"
    if not year then month, day, year = text:match "^(%a%a%a)%a*%.? (%d%d?),? (%d%d%d%d)$" end
    return year, month and months[month], day
end

local excels_first, excels_last = 10000, 60000

--- The text of a date as people write it, folded -> year, month, day | nil
local function parse_date(text, today, is_month_first)
    local year, month, day = parts_of(text, is_month_first)
    if not (year and month and (#year == 4 or #year == 2)) then return nil end
    local number = tonumber(year)
    if #year == 2 then number = number + (number <= today.year % 100 and 2000 or 1900) end
    return number, tonumber(month), tonumber(day)
end

local function plain(cell)
    return cell:find "\0" and "" or (aluno.fold(cell) or ""):match "^%s*(.-)%s*$"
end

--- Which of its numbers can be the day in a cell such as 5/3/2010: "day", the first one; "month", the second one, so the
--- month is the first; or "either" | nil, when it is no such date or both numbers are the same.
function cells.date_order(cell)
    local first, second, year = numbers_of(plain(cell))
    first, second = tonumber(first), tonumber(second)
    if not year or first == second or first > 31 or second > 31 then return nil end
    if first > 12 then return second <= 12 and "day" or nil end
    return second > 12 and "month" or "either"
end

--- A cell as a date of birth, "2010-12-31" | nil, when it is none. In a spreadsheet it may be a number of days.
function cells.birth_date(cell, today, is_month_first)
    local text = plain(cell)
    local serial = math.tointeger(tonumber(text:match "^(%d%d%d%d%d)$" or text:match "^(%d%d%d%d%d)[.,]%d+$"))
    if serial and serial >= excels_first and serial <= excels_last then return excel_dates.text(serial) end
    local year, month, day = parse_date(text, today or os.date "*t", is_month_first)
    return year and month and ("%04d-%02d-%02d"):format(year, month, day)
end

return cells
