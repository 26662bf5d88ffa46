-- How a client writes its history: events, and the words of history.lua for what it sends and gets.
--
-- A student's name has the operation that wrote it; the e-mail address has the one that created the student, which nobody
-- changes, at the one that wrote the address. So a student is known although the name, the CPF and the e-mail address change.
local record = {}

local KNOWN = 24 -- students that a client remembers

--- Seconds that a call may take. With fewer more outcomes are open.
record.timeout = tonumber(os.getenv "HISTORY_TIMEOUT" or 1.5)

local open_codes = {UNAVAILABLE = true, DEADLINE_EXCEEDED = true, CANCELLED = true, INTERNAL = true, UNKNOWN = true}

--- Whether a failure leaves the outcome open.
function record.is_open(err)
    return open_codes[err.code] == true
end

function record.cpf_of(key)
    return ("9%010d"):format(key)
end

function record.name_of(writer)
    return "Aluno " .. writer
end

function record.email_of(s, writer)
    return ("%s@%s.example.com"):format(s, writer)
end

-- A birthday that is not near: clocks step.
local birthday = os.date "%m" > "06" and "-03-05" or "-09-05"

--- Returns the birth date of a year, and the age that follows from it; nil of nil.
function record.birth_of(year)
    if not year then return nil end
    return year .. birthday, math.tointeger(tonumber(os.date "%Y")) - year - (birthday == "-09-05" and 1 or 0)
end

--- Returns the operation that created the student, by which a history names it.
function record.created_by(student)
    return student.email:match "^(.-)@"
end

--- Returns the words of an operation's arguments.
function record.words_of(arguments)
    local words = {}
    for _, name in ipairs {"key", "s", "etag", "of", "age", "birth", "to", "mail", "order", "after", "removed"} do
        if arguments[name] then words[#words + 1] = name .. "=" .. arguments[name] end
    end
    return table.concat(words, " ")
end

--- Whether the student is of a history.
function record.is_ours(student)
    return student.email ~= nil and student.email:find "%.example%.com$" ~= nil
end

local function item_of(student)
    local s, mail = student.email:match "^(.-)@(.-)%.example%.com$"
    local key = math.tointeger(tonumber(student.br_document:sub(2)))
    local birth = student.birth_date and "/" .. student.birth_date:sub(1, 4) or ""
    local text = ("item=%d/%s/%d/%s/%s/%s/%d%s%s"):format(student.id, s, key, student.etag,
        student.delete_time and "removed" or "live", student.name:match " (.*)", student.age,
        (mail ~= s or birth ~= "") and "/" .. mail or "", birth)
    return text, s, key
end

--- Opens the history at `path`, in which each line is written by one write(2). Returns a table: say(operation, event, words)
--- writes one; remember(student) returns a student's word and puts it into `known`, the last ones seen.
function record.open(path)
    local file = assert(io.open(path, "a"))
    file:setvbuf "no" -- glibc writes a long text in two parts otherwise
    local known, by_name = {}, {}

    local function say(name, event, words)
        file:write(name .. " " .. event .. (words and words ~= "" and " " .. words or "") .. "\n")
    end

    local function remember(student)
        local text, s, key = item_of(student)
        local is = by_name[s]
        if not is then
            is = {s = s}
            by_name[s] = is
            table.insert(known, is)
            if #known > KNOWN then by_name[table.remove(known, 1).s] = nil end
        end
        is.id, is.key, is.etag = student.id, key, student.etag
        return text
    end

    return {say = say, remember = remember, known = known}
end

return record
