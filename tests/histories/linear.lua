-- Whether the operations on a group of CPFs (registry.parts) can be put in an order, each at one moment between its invocation
-- and its end, in which the model gives the outcomes that were seen: Wing and Gong's definition, decided as in Lowe's "Testing
-- for linearizability" (2017), just in time. A configuration is a state that may be now, and those of the pending operations
-- that have taken effect in it. An operation takes effect when the end of one, it or another, demands it. One that cannot
-- change a state takes effect in the first state that permits it, which excludes nothing.
--
-- Open changes would make the configurations many. The rest of the history excludes most of them: it shows the content of each
-- version of a student, and which version is not passed yet.
local registry = require "registry"

local linear = {}

--- The error that linear.check raises when too many outcomes are open.
linear.undecided = {}

--- With more configurations than this a group is not decided.
linear.most = 20000

local function configuration(state, done)
    local names = {}
    for op in pairs(done) do names[#names + 1] = op.order end
    table.sort(names)
    return {state = state, done = done, text = state.text .. "|" .. table.concat(names, ",")}
end

local function copy(set)
    local other = {}
    for element in pairs(set) do other[element] = true end
    return other
end

-- The configuration after `op`, with all observers that the new state permits.
local function after(config, op, state, observers)
    local done = copy(config.done)
    done[op] = true
    for observer in pairs(observers) do
        if not done[observer] and registry.apply(state, observer) then done[observer] = true end
    end
    return configuration(state, done)
end

local function without(config, op)
    local done = copy(config.done)
    done[op] = nil
    return configuration(config.state, done)
end

-- ---- what the whole history shows ----

local function content(is)
    return ("%s/%s/%s/%s/%s/%s"):format(is.live, is.key, is.name, is.age, is.mail, is.birth)
end

-- By student: the content of each version that anybody has seen; and of the operations that see or make one, in their order,
-- the lowest version before which no later one can come.
local function look_ahead(ops)
    local shown = {}
    for _, op in ipairs(ops) do
        if op.item then
            local of = shown[op.item.s] or {ceilings = {}, passed = 0}
            shown[op.item.s] = of
            of[op.item.etag] = content(op.item)
            local before = registry.is_observer(op) and op.item.etag or op.item.etag - 1
            table.insert(of.ceilings, before)
        end
    end
    for _, of in pairs(shown) do
        for i = #of.ceilings - 1, 1, -1 do of.ceilings[i] = math.min(of.ceilings[i], of.ceilings[i + 1]) end
    end
    return shown
end

local function pass(shown, op)
    if op.item then shown[op.item.s].passed = shown[op.item.s].passed + 1 end
end

-- Whether somebody who asks later sees the student.
local function is_seen_later(s, shown)
    local of = shown[s]
    return of ~= nil and of.ceilings[of.passed + 1] ~= nil
end

local function is_possible(state, before, shown)
    for s in pairs(before.students) do
        if not state.students[s] and is_seen_later(s, shown) then return false end -- it was erased
    end
    for s, is in pairs(state.students) do
        local of = is ~= before.students[s] and shown[s]
        if of and ((of[is.etag] or content(is)) ~= content(is) or is.etag > (of.ceilings[of.passed + 1] or math.maxinteger)) then
            return false
        end
    end
    return true
end

-- ---- events ----

-- Adds to `found` each configuration in which `wanted` has taken effect, and no further operation after it.
local function explore(config, wanted, pending, found, seen)
    if seen[config.text] then return end
    seen[config.text] = true
    seen.count = seen.count + 1
    if seen.count > linear.most then error(linear.undecided) end
    if config.done[wanted] then
        local rest = without(config, wanted)
        found[rest.text] = rest
        return
    end
    for op in pairs(pending.changes) do
        local state = not config.done[op] and registry.apply(config.state, op)
        if state and is_possible(state, config.state, pending.shown) then
            explore(after(config, op, state, pending.observers), wanted, pending, found, seen)
        end
    end
end

local function invoke(op, configs, pending)
    pass(pending.shown, op)
    if not registry.is_observer(op) then
        pending.changes[op] = true
        return configs
    end
    pending.observers[op] = true
    local next_configs = {}
    for text, config in pairs(configs) do
        if registry.apply(config.state, op) then
            config = after(config, op, config.state, {})
            text = config.text
        end
        next_configs[text] = config
    end
    return next_configs
end

local function finish(op, configs, pending)
    local found, seen = {}, {count = 0}
    for _, config in pairs(configs) do explore(config, op, pending, found, seen) end
    pending.changes[op], pending.observers[op] = nil, nil
    return found
end

local function events_of(ops)
    local events = {}
    for order, op in ipairs(ops) do
        op.order = order
        events[#events + 1] = {line = op.invoked, op = op, apply = invoke}
        if op.returned then events[#events + 1] = {line = op.returned, op = op, apply = finish} end
    end
    table.sort(events, function(a, b)
        return a.line < b.line or (a.line == b.line and a.op.order < b.op.order)
    end)
    return events
end

--- Returns nil when the operations (registry.parts) are linearizable, else the first one whose end has no explanation, and
--- the states that were possible before it. Raises linear.undecided.
function linear.check(ops)
    local configs, pending = {}, {changes = {}, observers = {}, shown = look_ahead(ops)}
    local first = configuration(registry.empty, {})
    configs[first.text] = first
    for _, event in ipairs(events_of(ops)) do
        local found = event.apply(event.op, configs, pending)
        if not next(found) then return event.op, configs end
        configs = found
    end
end

return linear
