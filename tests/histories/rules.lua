-- Rules for a history as a whole, in addition to those of linear.lua and snapshots.lua.
local history = require "history"
local snapshots = require "snapshots"

local rules = {}

-- A create that was made twice gives one student two ids.
local function each_student_has_one_id(ops)
    local id_of, s_of, first = {}, {}, {}
    for _, op in ipairs(ops) do
        for _, item in ipairs(op.items) do
            local seen = first[item.id] or first[item.s]
            if (id_of[item.s] or item.id) ~= item.id or (s_of[item.id] or item.s) ~= item.s then
                return ("student %s has two ids, or id %d two students"):format(item.s, item.id), {seen, op}
            end
            id_of[item.s], s_of[item.id] = item.id, item.s
            first[item.id], first[item.s] = seen or op, seen or op
        end
    end
end

local function page_is_in_order(op)
    local from, to = snapshots.range(op)
    local previous
    for _, item in ipairs(op.items) do
        local fits = item.id >= from and item.id <= to and (op.removed or item.live)
        if previous and (item.id > previous) ~= (op.order == "asc") then fits = false end
        if not fits or item.id == previous then return false end
        previous = item.id
    end
    return true
end

-- No student is repeated, out of order, or removed where removed ones were not asked for.
local function pages_are_in_order(ops)
    for _, op in ipairs(ops) do
        if op.method == "list" and op.outcome == "ok" and not page_is_in_order(op) then
            return "a page has a student that has no place there", {op}
        end
    end
end

local function holders_are_different(op)
    local holder = {}
    for _, item in ipairs(op.items) do
        if item.live and holder[item.key] then return false end
        holder[item.key] = item.live and item.s or holder[item.key]
    end
    return true
end

-- No two present students have one CPF at the moment of a page.
local function each_cpf_has_one_student(ops)
    for _, op in ipairs(ops) do
        if op.method == "list" and not holders_are_different(op) then return "a page has a CPF twice", {op} end
    end
end

-- The lines by which something was certainly done, and from which it may have been: `count` returns how often each operation
-- does it, or may.
local function lines_of(ops, count)
    local made, asked = {}, {}
    for _, op in ipairs(ops) do
        for _ = 1, count(op) do
            asked[#asked + 1] = op.invoked
            made[#made + 1] = op.returned
        end
    end
    table.sort(made)
    table.sort(asked)
    return made, asked
end

local function count_created(op)
    if op.method ~= "create" and op.method ~= "batch" or op.outcome == "fail" then return 0 end
    return select(2, op.key:gsub("[^,]+", ""))
end

-- A student may be counted twice among the erasures that were asked for.
local function count_erased(op)
    return #history.may_erase(op)
end

local function count_until(lines, line)
    local low, high = 0, #lines
    while low < high do
        local middle = (low + high + 1) // 2
        if lines[middle] < line then low = middle else high = middle - 1 end
    end
    return low
end

local function totals_are_possible(ops)
    local made, asked = lines_of(ops, count_created)
    local erased, may_be_erased = lines_of(ops, count_erased)
    for _, op in ipairs(ops) do
        if op.method == "list" and op.outcome == "ok" and op.removed and op.total then
            local least = count_until(made, op.invoked) - count_until(may_be_erased, op.returned)
            local most = count_until(asked, op.returned) - count_until(erased, op.invoked)
            if op.total < least or op.total > most then
                return ("a total of %d, of %d to %d"):format(op.total, least, most), {op}
            end
        end
    end
end

-- The process "final" reads all pages after everything: it has each student who was acknowledged and not erased, and no part of
-- a batch.
-- Returns which students its pages have, if each page goes on where the one before ended.
local function final_state(ops)
    local has, after = {}, nil
    for _, op in ipairs(ops) do
        if op.process == "final" and op.method == "list" and op.outcome == "ok" and op.after == after then
            for _, item in ipairs(op.items) do has[item.s] = true end
            if not op.more then return has end
            after = op.items[#op.items].id
        end
    end
end

local function erased_in(ops)
    local erased = {}
    for _, op in ipairs(ops) do
        for _, s in ipairs(history.may_erase(op)) do erased[s] = true end
    end
    return erased
end

-- Whom somebody has erased, or may have, is neither there nor missing.
local function missing_of(op, has, erased)
    local there, missing, row = 0, 0, 0
    for _ in op.key:gmatch "[^,]+" do
        row = row + 1
        local s = op.method == "batch" and op.name .. "." .. row or op.name
        if has[s] then
            there = there + 1
        elseif not erased[s] then
            missing = missing + 1
        end
    end
    return there, missing
end

local function erased_who_is_there(op, has)
    for _, s in ipairs(op.outcome == "ok" and history.may_erase(op) or {}) do
        if has[s] then return s end
    end
end

local function nothing_is_lost(ops)
    local has, erased = final_state(ops), erased_in(ops)
    for _, op in ipairs(has and ops or {}) do
        if erased_who_is_there(op, has) then return "an erased student is there", {op} end
        if op.method == "create" or op.method == "batch" then
            local there, missing = missing_of(op, has, erased)
            if op.outcome == "ok" and missing > 0 then return "an acknowledged student is lost", {op} end
            if op.outcome == "fail" and there > 0 then return "a refused student is there", {op} end
            if there > 0 and missing > 0 then return "half of a batch is there", {op} end
        end
    end
end

--- Returns nil, or what is wrong and the operations concerned.
function rules.check(ops)
    for _, rule in ipairs {each_student_has_one_id, pages_are_in_order, each_cpf_has_one_student, nothing_is_lost} do
        local problem, concerned = rule(ops)
        if problem then return problem, concerned end
    end
end

--- The same of totals, for which all creates count.
function rules.check_totals(ops)
    return totals_are_possible(ops)
end

return rules
