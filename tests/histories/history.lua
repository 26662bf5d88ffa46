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
--     create   key= age=                a key stands for a CPF
--     batch    key=4,5 age=33,20        all or none
--     get      key= [s=]                the student with that CPF; with s=, this student, even if removed
--     update   key= [s=] [etag=] [age=] also sets the name to the operation's
--     remove   key= [s=] [etag=]
--     restore  key= s= [etag=]
--     list     order=asc|desc [after=ID] [removed=1]   a page in the order of ids; after= the last id of the page before
--
-- A reply has item=ID/STUDENT/KEY/ETAG/live|removed/NAME/AGE for each student, a page also more=1 (another page
-- follows) and total=. A batch refused with CPF_TAKEN has rows=.
local history = {}

local numbers = {age = true, etag = true, after = true, total = true}

local function parse_item(text)
    local id, s, key, etag, state, name, age = text:match "^(%d+)/([^/]+)/(%d+)/(%d+)/(%l+)/([^/]+)/(%d+)$"
    if not id then return nil, "is no item: " .. text end
    return {id = math.tointeger(id), s = s, key = key, etag = math.tointeger(etag), live = state == "live", name = name,
        age = math.tointeger(age)}
end

local function parse_words(op, words)
    for name, value in words:gmatch "(%l+)=(%S+)" do
        if name == "item" then
            local item, problem = parse_item(value)
            if not item then return nil, problem end
            op.items[#op.items + 1] = item
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
            items = {}}
        by_name[name], all[#all + 1] = op, op
        return parse_words(op, rest)
    end
    if not op or op.returned then return nil, "has no invocation" end
    op.outcome, op.returned = event, line
    if event ~= "ok" then op.reason = rest:match "^%S+" end
    return parse_words(op, rest)
end

--- Returns the operations in the order of their invocations: tables with name, process, method, the arguments and the
--- reply by their names, items, outcome, reason, and the lines `invoked` and `returned`. Raises for what is no history.
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

local argument_names = {"key", "s", "etag", "age", "order", "after", "removed"}

local function item_text(item)
    return (" item=%d/%s/%s/%d/%s/%s/%d"):format(item.id, item.s, item.key, item.etag, item.live and "live" or "removed",
        item.name, item.age)
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
    for _, name in ipairs {"rows", "more", "total"} do
        if op[name] then text = text .. (" %s=%s"):format(name, op[name]) end
    end
    for _, item in ipairs(op.items) do text = text .. item_text(item) end
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
