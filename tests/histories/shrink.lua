-- Makes a history that breaks a promise small. Each step only takes away what is known, so what remains wrong is wrong in the
-- whole history, too: an observation is dropped, the outcome of a change forgotten.
local history = require "history"
local linear = require "linear"
local registry = require "registry"
local verdict = require "verdict"

local shrink = {}

local is_read = {get = true, list = true, watch = true}

-- The operation without its outcome. nil: nothing is left of it, as of a read, or of a refusal, which has changed nothing.
-- An open change stays, since it may explain what others have seen.
local function weaker(op)
    if op.outcome == "info" then return not is_read[op.method] and op or nil end
    if op.method == "watch" then return #op.changes > 0 and op or nil end -- without what it has seen it would have skipped it
    if is_read[op.method] or op.outcome == "fail" then return nil end
    local other = {}
    for name, value in pairs(op) do other[name] = value end
    other.outcome, other.returned, other.total, other.erased, other.items, other.changes = "info", nil, nil, nil, {}, {}
    return other
end

local function forget(ops, from, to)
    local rest = {}
    for i, op in ipairs(ops) do
        local kept = op
        if i >= from and i <= to then kept = weaker(op) end
        rest[#rest + 1] = kept
    end
    return rest
end

-- The CPFs and the students that the operation names.
local function each_key(op, visit)
    for key in tostring(op.key or ""):gmatch "[^,]+" do visit(key) end
    for _, key in pairs {op.s, op.to} do visit(key) end
    for _, s in ipairs(op.of and history.erasure_of(op) or {}) do visit(s) end
    for _, item in ipairs(op.items) do
        visit(item.key)
        visit(item.s)
    end
end

-- The operations on what those concern for which `is_one` holds.
local function related(ops, is_one)
    local keys, rest = {}, {}
    for _, op in ipairs(ops) do
        if is_one(op) then each_key(op, function(key) keys[key] = true end) end
    end
    for _, op in ipairs(ops) do
        local is_related = is_one(op)
        each_key(op, function(key) is_related = is_related or keys[key] end)
        if is_related then rest[#rest + 1] = op end
    end
    return rest
end

-- Open changes of CPFs of which nothing else is left.
local function drop_unseen(ops)
    return related(ops, function(op) return op.outcome ~= "info" end)
end

-- The operations on a group of CPFs until one of them has no explanation, each by itself: a row of a batch is a create, a
-- student of a page a read.
local function of_key(ops, key, last)
    local rest = {}
    for i, part in ipairs(registry.parts(ops)[key] or {}) do
        if part.invoked > last then break end
        local is_create = part.method == "create"
        local name = is_create and part.s or part.method == "get" and part.name .. "." .. i or part.name
        local s = not is_create and part.s or nil
        rest[#rest + 1] = {name = name, process = part.whole.process, method = part.method, key = part.key, etag = part.etag,
            s = s, of = part.of, age = part.age, birth = part.birth, to = part.to, mail = part.mail, outcome = part.outcome,
            reason = part.reason, invoked = part.invoked, returned = part.returned, items = {part.item}, changes = {}}
    end
    return rest
end

-- A student of a page is a read.
local function add_reads(ops, page, items)
    for i, item in ipairs(items) do
        ops[#ops + 1] = {name = page.name .. "." .. i, process = page.process, method = "get", key = item.key, s = item.s,
            outcome = page.outcome, invoked = page.invoked, returned = page.returned, items = {item}, changes = {}}
    end
end

-- The operations with all that they show of these students and of no other.
local function of_students(ops, ids)
    local is_one, rest = {}, {}
    for _, id in ipairs(ids) do is_one[id] = true end
    local function kept(list)
        local some = {}
        for _, element in ipairs(list) do
            if is_one[element.id] then some[#some + 1] = element end
        end
        return some
    end
    for _, op in ipairs(ops) do
        local other = {}
        for name, value in pairs(op) do other[name] = value end
        other.items, other.changes = kept(op.items), kept(op.changes)
        if op.method == "list" then add_reads(rest, op, other.items) end
        local erases = false
        for id in tostring(op.erased or ""):gmatch "%d+" do erases = erases or is_one[math.tointeger(tonumber(id))] end
        local is_whole = op.method ~= "list" and #other.items == #op.items and #op.items > 0
        if op.method == "watch" or erases or is_whole then rest[#rest + 1] = other end
    end
    return rest
end

local function without_watches(ops)
    local rest = {}
    for _, op in ipairs(ops) do
        if op.method ~= "watch" then rest[#rest + 1] = op end
    end
    return rest
end

-- The operations that suffice for that kind of fault, if they fail alone; else all. A total depends on all operations.
local function first_cut(ops, found, fails)
    if found.kind == "wrong watch" then
        local near = of_students(ops, found.ids)
        return fails(near) and near or ops
    end
    ops = without_watches(ops)
    local is_found = {}
    for _, op in ipairs(found.ops) do is_found[op] = true end
    local near = ops
    if found.kind == "not linearizable" then
        near = of_key(ops, found.key, found.ops[1].returned)
    elseif found.kind == "no snapshot" and fails(found.ops) then
        near = found.ops
    elseif found.kind ~= "wrong total" then
        near = related(ops, function(op) return is_found[op] end)
    end
    return fails(near) and near or ops
end

--- Returns a part of `ops` that has a fault of the same kind as `found`, as small as halving makes it.
function shrink.smallest(ops, found)
    local function fails(rest)
        return verdict.is(found.kind, rest)
    end
    local most = linear.most
    linear.most = 300 -- a history that is hard to decide is not worth the time here
    ops = first_cut(ops, found, fails)
    local size = #ops
    while size >= 1 do
        local from = 1
        while from <= #ops do
            local rest = forget(ops, from, from + size - 1)
            local is_less = fails(rest)
            from = from + size - (is_less and #ops - #rest or 0)
            if is_less then ops = rest end
        end
        size = size // 2
    end
    local rest = found.kind ~= "wrong total" and drop_unseen(ops)
    if rest and fails(rest) then ops = rest end
    linear.most = most
    return ops
end

return shrink
