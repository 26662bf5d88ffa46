-- Makes a history that breaks a promise small. Each step only takes away what is known, so what remains wrong is wrong in the
-- whole history, too: an observation is dropped, the outcome of a change forgotten.
local verdict = require "verdict"

local shrink = {}

local reads = {get = true, list = true}

-- The operation without its outcome. nil: nothing is left of it, as of a read, or of a refusal, which has changed nothing.
-- An open change stays, since it may explain what others have seen.
local function weaker(op)
    if reads[op.method] or op.outcome == "fail" then return nil end
    if op.outcome == "info" then return op end
    local other = {}
    for name, value in pairs(op) do other[name] = value end
    other.outcome, other.returned, other.total, other.items = "info", nil, nil, {}
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

local function each_key(op, visit)
    for key in tostring(op.key or ""):gmatch "[^,]+" do visit(key) end
    for _, item in ipairs(op.items) do visit(item.key) end
end

-- The operations on the CPFs of those for which `is_one` holds.
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

-- The operations that `found` names, else those on the same CPFs, else all.
local function first_cut(ops, found, fails)
    local is_found = {}
    for _, op in ipairs(found.ops) do is_found[op] = true end
    local near = related(ops, function(op) return is_found[op] end)
    for _, some in ipairs {found.ops, near} do
        if fails(some) then return some end
    end
    return ops
end

--- Returns a part of `ops` that has a fault of the same kind as `found`, as small as halving makes it.
function shrink.smallest(ops, found)
    local function fails(rest)
        return verdict.is(found.kind, rest)
    end
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
    local rest = drop_unseen(ops)
    return fails(rest) and rest or ops
end

return shrink
