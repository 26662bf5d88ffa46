-- The model: what the students with some CPFs do, one operation after another, and which of them has each CPF. A state is a
-- value; equal states are the same table.
local history = require "history"

local registry = {}

local known = setmetatable({}, {__mode = "v"})

local function intern(students, holders)
    local parts = {}
    for s, is in pairs(students) do
        parts[#parts + 1] = ("%s/%d/%s/%s/%s/%d/%s/%s"):format(s, is.etag, is.live, is.key, is.name, is.age, is.mail, is.birth)
    end
    table.sort(parts)
    local text = table.concat(parts, " ")
    local state = known[text]
    if not state then
        state = {text = text, students = students, holders = holders}
        known[text] = state
    end
    return state
end

--- No student has had these CPFs.
registry.empty = intern({}, {})

local function copy(map)
    local other = {}
    for key, value in pairs(map) do other[key] = value end
    return other
end

-- `student` is nil when nothing is left of it.
local function with(state, s, student)
    local students, holders, before = copy(state.students), copy(state.holders), state.students[s]
    if before and before.live then holders[before.key] = nil end
    if student and student.live then holders[student.key] = s end
    students[s] = student
    return intern(students, holders)
end

-- The student that the operation names, by itself or by its CPF.
local function named(state, op)
    return op.s or state.holders[op.key]
end

-- ---- why a state refuses an operation: each reason that holds ----

local refusals = {}

-- Whether a student other than `s` has the CPF.
local function is_taken(state, key, s)
    local holder = state.holders[key]
    return holder ~= nil and holder ~= s
end

function refusals.create(state, op)
    return {CPF_TAKEN = is_taken(state, op.key)}
end

local function present(state, op)
    local is = state.students[named(state, op)]
    return is and is.live and is
end

-- The age of a student with a birth date follows from it.
local function is_other_age(is, op)
    return op.age ~= nil and op.birth == nil and is.birth ~= history.no_birth and op.age ~= is.age
end

function refusals.update(state, op)
    local is = present(state, op)
    if not is then return {STUDENT_NOT_FOUND = true} end
    return {
        FIELDS_INVALID = is_other_age(is, op),
        ETAG_MISMATCH = op.etag ~= nil and op.etag ~= is.etag,
        CPF_TAKEN = op.to ~= nil and is_taken(state, op.to, op.s),
    }
end
refusals.remove = refusals.update

function refusals.restore(state, op)
    local is = state.students[op.s]
    if not is then return {STUDENT_NOT_FOUND = true} end
    return {
        ETAG_MISMATCH = op.etag ~= nil and op.etag ~= is.etag,
        STUDENT_NOT_REMOVED = is.live,
        CPF_TAKEN = is_taken(state, is.key, op.s),
    }
end

function refusals.get(state, op)
    return {STUDENT_NOT_FOUND = state.students[named(state, op)] == nil}
end

-- ---- what an operation makes of a student ----

local effects = {}

function effects.create(_, op)
    return {etag = 1, live = true, key = op.key, name = op.s, age = op.age, mail = op.s,
        birth = op.birth or history.no_birth}
end

local function next_version(is)
    local other = copy(is)
    other.etag = is.etag + 1
    return other
end

function effects.update(is, op)
    local other = next_version(is)
    other.name, other.age, other.key = op.name, op.age or is.age, op.to or is.key
    other.birth = op.birth or is.birth
    if op.mail then other.mail = op.name end
    return other
end

function effects.remove(is)
    local other = next_version(is)
    other.live = false
    return other
end

function effects.restore(is)
    local other = next_version(is)
    other.live = true
    return other
end

local function agrees(item, s, is)
    if not is or item.s ~= s then return false end
    for name, value in pairs(is) do
        if item[name] ~= value then return false end
    end
    return true
end

-- ---- erasures ----

-- Whether these are the students that the operation is about, as they are.
local function are_all(state, op, students, etags)
    local count = 0
    for s, is in pairs(state.students) do
        local concerned = op.s == s or (not op.s and is.key == op.key)
        if concerned and etags[s] ~= is.etag then return false end
        count = count + (concerned and 1 or 0)
    end
    return count == #students
end

function refusals.erase(state, op)
    local students, etags = history.erasure_of(op)
    local is_there = op.s and state.students[op.s] ~= nil
    for _, is in pairs(op.s and {} or state.students) do is_there = is_there or is.key == op.key end
    return {STUDENT_NOT_FOUND = not is_there, CONFIRMATION_INVALID = not are_all(state, op, students, etags)}
end

local function without(state, op)
    for _, s in ipairs(history.erasure_of(op)) do state = with(state, s, nil) end
    return state
end

-- ---- an operation ----

local function is_refused(reasons)
    for _, holds in pairs(reasons) do
        if holds then return true end
    end
    return false
end

--- Returns the state after the operation, or nil when it cannot have had its outcome in this state.
function registry.apply(state, op)
    local reasons = refusals[op.method](state, op)
    if op.outcome == "fail" then return reasons[op.reason] and state or nil end
    if is_refused(reasons) then return nil end
    local s = named(state, op)
    if op.method == "erase" then return without(state, op) end
    if op.method == "get" then return agrees(op.item, s, state.students[s]) and state or nil end
    local student = effects[op.method](state.students[s], op)
    if op.item and not agrees(op.item, s, student) then return nil end
    return with(state, s, student)
end

--- Whether the operation cannot change a state.
function registry.is_observer(op)
    return op.method == "get" or op.outcome == "fail"
end

-- ---- the operations on each group of CPFs ----

-- CONFIRMATION_INVALID is none: a step of the clock ends a confirmation, too.
local refusal_of = {CPF_TAKEN = true, ETAG_MISMATCH = true, FIELDS_INVALID = true,
    STUDENT_NOT_FOUND = true, STUDENT_NOT_REMOVED = true}

local function split(text)
    local parts = {}
    for part in tostring(text):gmatch "[^,]+" do parts[#parts + 1] = part end
    return parts
end

local function part_of(op, fields)
    fields.name, fields.whole, fields.outcome, fields.reason = op.name, op, op.outcome, op.reason
    fields.invoked, fields.returned = op.invoked, op.returned
    return fields
end

local function add_rows(op, add)
    local keys, ages, births, taken = split(op.key), split(op.age), split(op.birth or ""), {}
    for _, row in ipairs(split(op.rows or "")) do taken[row] = true end
    for row, key in ipairs(keys) do
        local s = op.method == "batch" and op.name .. "." .. row or op.name
        local tells = op.outcome ~= "fail" or op.method == "create" or taken[tostring(row)]
        if tells then
            add(op, {method = "create", key = key, s = s, age = math.tointeger(tonumber(ages[row])), birth = births[row],
                item = op.items[row]})
        end
    end
end

-- A batch and a page are an operation on each student that they have. Operations that show nothing are left out.
local function add_parts(op, add)
    if op.outcome == "fail" and not refusal_of[op.reason] then return end -- neither a change nor an observation
    if op.method == "create" or op.method == "batch" then
        add_rows(op, add)
    elseif op.method == "list" then
        for _, item in ipairs(op.items) do add(op, {method = "get", key = item.key, s = item.s, item = item}) end
    elseif op.method ~= "watch" and (op.outcome ~= "info" or op.method ~= "get") then
        add(op, {method = op.method, key = op.key, s = op.s, etag = op.etag, of = op.of, age = op.age,
            birth = op.birth, to = op.to, mail = op.mail, item = op.items[1]})
    end
end

-- CPFs and students that an operation concerns are of one group.
local function root(parents, name)
    local parent = parents[name]
    if not parent then return name end
    local first = root(parents, parent)
    parents[name] = first
    return first
end

local function join(parents, part)
    local first = root(parents, "cpf " .. part.key)
    local item = part.item or {}
    for prefix, names in pairs {["cpf "] = {part.to, item.key}, ["student "] = {part.s, item.s}} do
        for _, name in pairs(names) do
            local other = root(parents, prefix .. name)
            if other ~= first then parents[other] = first end
        end
    end
end

--- Returns the operations on each group of CPFs, by the first of its CPFs: students have changed from one to another of them.
function registry.parts(ops)
    local all, parents, by_root, by_key = {}, {}, {}, {}
    for _, op in ipairs(ops) do
        add_parts(op, function(whole, fields)
            all[#all + 1] = part_of(whole, fields)
            join(parents, fields)
        end)
    end
    for _, part in ipairs(all) do
        local name = root(parents, "cpf " .. part.key)
        local group = by_root[name] or {key = part.key}
        by_root[name], by_key[group.key] = group, group
        group[#group + 1] = part
    end
    return by_key
end

return registry
