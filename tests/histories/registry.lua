-- The model: what the students with one CPF do, one operation after another. A state is a value; equal states are the
-- same table.
local registry = {}

local known = setmetatable({}, {__mode = "v"})

local function intern(students, live)
    local parts = {}
    for s, is in pairs(students) do
        parts[#parts + 1] = ("%s/%d/%s/%s/%d"):format(s, is.etag, is.live, is.name, is.age)
    end
    table.sort(parts)
    local text = table.concat(parts, " ")
    local state = known[text]
    if not state then
        state = {text = text, students = students, live = live}
        known[text] = state
    end
    return state
end

--- No student has had the CPF.
registry.empty = intern({}, nil)

local function with(state, s, student)
    local students = {[s] = student}
    for other, is in pairs(state.students) do
        if other ~= s then students[other] = is end
    end
    local live = state.live
    if student.live then live = s elseif live == s then live = nil end
    return intern(students, live)
end

-- ---- why a state refuses an operation: each reason that holds ----

local refusals = {}

function refusals.create(state)
    return {CPF_TAKEN = state.live ~= nil}
end

local function present(state, op)
    local is = state.students[op.s or state.live]
    return is and is.live and is
end

function refusals.update(state, op)
    local is = present(state, op)
    if not is then return {STUDENT_NOT_FOUND = true} end
    return {ETAG_MISMATCH = op.etag ~= nil and op.etag ~= is.etag}
end
refusals.remove = refusals.update

function refusals.restore(state, op)
    local is = state.students[op.s]
    if not is then return {STUDENT_NOT_FOUND = true} end
    return {
        ETAG_MISMATCH = op.etag ~= nil and op.etag ~= is.etag,
        STUDENT_NOT_REMOVED = is.live,
        CPF_TAKEN = state.live ~= nil and state.live ~= op.s,
    }
end

function refusals.get(state, op)
    return {STUDENT_NOT_FOUND = state.students[op.s or state.live] == nil}
end

-- ---- what an operation makes of a state ----

local effects = {}

function effects.create(_, op)
    return op.s, {etag = 1, live = true, name = op.s, age = op.age}
end

function effects.update(state, op)
    local s = op.s or state.live
    local is = state.students[s]
    return s, {etag = is.etag + 1, live = true, name = op.name, age = op.age or is.age}
end

function effects.remove(state, op)
    local s = op.s or state.live
    local is = state.students[s]
    return s, {etag = is.etag + 1, live = false, name = is.name, age = is.age}
end

function effects.restore(state, op)
    local is = state.students[op.s]
    return op.s, {etag = is.etag + 1, live = true, name = is.name, age = is.age}
end

local function agrees(item, s, is)
    return is ~= nil and item.s == s and item.etag == is.etag and item.live == is.live and item.name == is.name and
        item.age == is.age
end

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
    if op.method == "get" then
        local s = op.s or state.live
        return agrees(op.item, s, state.students[s]) and state or nil
    end
    local s, student = effects[op.method](state, op)
    if op.item and not agrees(op.item, s, student) then return nil end
    return with(state, s, student)
end

--- Whether the operation cannot change a state.
function registry.is_observer(op)
    return op.method == "get" or op.outcome == "fail"
end

-- ---- the operations on each CPF ----

local refusal_of = {CPF_TAKEN = true, ETAG_MISMATCH = true, STUDENT_NOT_FOUND = true, STUDENT_NOT_REMOVED = true}

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
    local keys, ages, taken = split(op.key), split(op.age), {}
    for _, row in ipairs(split(op.rows or "")) do taken[row] = true end
    for row, key in ipairs(keys) do
        local s = op.method == "batch" and op.name .. "." .. row or op.name
        local tells = op.outcome ~= "fail" or op.method == "create" or taken[tostring(row)]
        if tells then
            add(key, part_of(op, {method = "create", s = s, age = math.tointeger(tonumber(ages[row])), item = op.items[row]}))
        end
    end
end

--- Returns the operations on each CPF, by its key: a batch and a page are one on each CPF that they have. Those that say
--- nothing are left out.
function registry.parts(ops)
    local by_key = {}
    local function add(key, part)
        by_key[key] = by_key[key] or {}
        table.insert(by_key[key], part)
    end
    for _, op in ipairs(ops) do
        if op.outcome == "fail" and not refusal_of[op.reason] then
            goto continue -- neither a change nor an observation
        elseif op.method == "create" or op.method == "batch" then
            add_rows(op, add)
        elseif op.method == "list" then
            for _, item in ipairs(op.items) do
                add(item.key, part_of(op, {method = "get", s = item.s, item = item}))
            end
        elseif op.outcome ~= "info" or op.method ~= "get" then
            add(op.key, part_of(op, {method = op.method, s = op.s, etag = op.etag, age = op.age, item = op.items[1]}))
        end
        ::continue::
    end
    return by_key
end

return registry
