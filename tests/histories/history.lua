-- Reads and writes histories: requests and replies of concurrent clients, one line an event, in the order of time.
--
--     # a comment
--     c3.17 invoke create key=4 age=33
--     c3.17 ok item=55/c3.17/4/1/live/c3.17/33
--
-- The first word is the operation: its process and a number. Its events:
--
--     invoke METHOD  before the call, with what is asked
--     ok             the call succeeded, with the reply
--     fail REASON    it was refused: it has changed nothing and never will
--     info REASON    its outcome is unknown; so is that of an operation without a second event
--
-- Methods and their arguments; a student is named by the operation that creates it, in a batch with the row: c3.18.2
--
--     create   key= age= [birth=]       a key stands for a CPF; birth= the year of the birth date, from which the age follows
--     batch    key=4,5 age=33,20 birth=-,2004   all or none; - is no birth date
--     get      key= [s=]                the student with that CPF; with s=, this student, even if removed
--     update   key= [s=] [etag=] [age=] [birth=] [to=] [mail=1]   to= the CPF; sets the name to the operation's, mail= the e-mail
--     remove   key= [s=] [etag=]
--     restore  key= s= [etag=]
--     erase    key= [s=] of=STUDENT/ETAG,…   for good: the student s=, or all who have the CPF; of= whom the first step has found
--     list     order=asc|desc [after=ID] [removed=1]   a page in the order of ids; after= the last id of the page before
--     watch    [age=] [after=PLACE]     changes in the order of places; without after= from now on, 0: from this beginning;
--                                       with age= of present students of that age or older, else of all, removed ones included
--
-- A reply has item=ID/STUDENT/KEY/ETAG/live|removed/NAME/AGE[/MAIL[/BIRTH]] for each student, a page also more=1 (another page
-- follows) and total=. MAIL is the operation that wrote the e-mail address, if another than the one that created the student.
-- A batch refused with CPF_TAKEN has rows=, an erasure's reply erased=ID,ID. A reply to a watch has change=PLACE/ID/ETAG/KIND
-- for each change, followed by the student's item, and more=1 unless the service said that no change followed these. The etag
-- of an erasure is 0.
local history = {}

--- The year of a student without a birth date.
history.no_birth = "-"

local numbers = {age = true, etag = true, after = true, total = true}

local function parse_item(text)
    local id, s, key, etag, state, name, age, rest = text:match "^(%d+)/([^/]+)/(%d+)/(%d+)/(%l+)/([^/]+)/(%d+)([^ ]*)$"
    local mail, birth = (rest or ""):match "^/([^/]+)/?(%d*)$"
    if rest ~= "" and not mail then id = nil end
    if not id then return nil, "is no item: " .. text end
    return {id = math.tointeger(id), s = s, key = key, etag = math.tointeger(etag), live = state == "live", name = name,
        age = math.tointeger(age), mail = mail or s, birth = birth and birth ~= "" and birth or history.no_birth}
end

local function parse_change(text)
    local place, id, etag, kind = text:match "^(%d+)/(%d+)/(%d+)/(%u+)$"
    if not place then return nil, "is no change: " .. text end
    return {place = math.tointeger(place), id = math.tointeger(id), etag = math.tointeger(etag), kind = kind}
end

local function add_item(op, item)
    if op.method == "watch" then
        op.changes[#op.changes].item = item
    else
        op.items[#op.items + 1] = item
    end
end

local function parse_words(op, words)
    for name, value in words:gmatch "(%l+)=(%S+)" do
        if name == "item" then
            local item, problem = parse_item(value)
            if not item then return nil, problem end
            add_item(op, item)
        elseif name == "change" then
            local change, problem = parse_change(value)
            if not change then return nil, problem end
            op.changes[#op.changes + 1] = change
        else
            op[name] = numbers[name] and tonumber(value) or value
        end
    end
    return true
end

local function add_event(all, by_name, line, text)
    local name, event, rest = text:match "^(%S+) (%l+) ?(.*)$"
    if not name then return nil, "is no event" end
    local op = by_name[name]
    if event == "invoke" then
        if op then return nil, "is invoked twice" end
        op = {name = name, process = name:match "^[^.]+", method = rest:match "^%l+", invoked = line, outcome = "info",
            items = {}, changes = {}}
        by_name[name], all[#all + 1] = op, op
        return parse_words(op, rest)
    end
    if not op or op.returned then return nil, "has no invocation" end
    op.outcome, op.returned = event, line
    if event ~= "ok" then op.reason = rest:match "^%S+" end
    return parse_words(op, rest)
end

--- Returns the operations in the order of their invocations: tables with name, process, method, the arguments and the
--- reply by their names, items, changes, outcome, reason, and the lines `invoked` and `returned`. Raises for what is no history.
function history.parse(lines)
    local all, by_name, line = {}, {}, 0
    for text in lines do
        line = line + 1
        if text ~= "" and text:sub(1, 1) ~= "#" then
            local fine, problem = add_event(all, by_name, line, text)
            if not fine then error(("line %d %s"):format(line, problem), 0) end
        end
    end
    for _, op in ipairs(all) do
        if op.outcome == "info" then op.returned = nil end -- it may take effect at any later time
    end
    return all
end

function history.read(path)
    return history.parse(assert(io.lines(path)))
end

local argument_names = {"key", "s", "etag", "of", "age", "birth", "to", "mail", "order", "after", "removed"}

local function item_text(item)
    local birth = item.birth ~= history.no_birth and "/" .. item.birth or ""
    return (" item=%d/%s/%s/%d/%s/%s/%d%s%s"):format(item.id, item.s, item.key, item.etag, item.live and "live" or "removed",
        item.name, item.age, (item.mail ~= item.s or birth ~= "") and "/" .. item.mail or "", birth)
end

local function change_text(change)
    return (" change=%d/%d/%d/%s%s"):format(change.place, change.id, change.etag, change.kind,
        change.item and item_text(change.item) or "")
end

--- Returns the students of an erasure's of=, and the etag of each.
function history.erasure_of(op)
    local students, etags = {}, {}
    for s, etag in op.of:gmatch "([^,/]+)/(%d+)" do
        students[#students + 1], etags[s] = s, math.tointeger(tonumber(etag))
    end
    return students, etags
end

--- Returns the students whom the operation has erased, or may have.
function history.may_erase(op)
    if op.method ~= "erase" or op.outcome == "fail" then return {} end
    local students = history.erasure_of(op)
    return students
end

--- Whether the student is among those whom the operation, a watch, is about.
function history.is_watched(op, item)
    return not op.age or item.live and item.age >= op.age
end

--- Returns the line of the operation's invocation.
function history.invocation(op)
    local words = {op.name, "invoke", op.method}
    for _, name in ipairs(argument_names) do
        if op[name] then words[#words + 1] = name .. "=" .. op[name] end
    end
    return table.concat(words, " ")
end

--- Returns the line of its end, or nil.
function history.ending(op)
    if op.outcome == "info" then return nil end
    local text = op.name .. " " .. op.outcome
    if op.reason then text = text .. " " .. op.reason end
    for _, name in ipairs {"rows", "erased", "more", "total"} do
        if op[name] then text = text .. (" %s=%s"):format(name, op[name]) end
    end
    for _, item in ipairs(op.items) do text = text .. item_text(item) end
    for _, change in ipairs(op.changes) do text = text .. change_text(change) end
    return text
end

--- Returns the text of these operations.
function history.format(ops)
    local events = {}
    for _, op in ipairs(ops) do
        events[#events + 1] = {op.invoked, history.invocation(op)}
        if op.returned then events[#events + 1] = {op.returned, history.ending(op)} end
    end
    table.sort(events, function(a, b) return a[1] < b[1] end)
    for i, event in ipairs(events) do events[i] = event[2] end
    return table.concat(events, "\n") .. "\n"
end

return history
