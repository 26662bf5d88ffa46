-- The verdict on a history: all checks, in their order.
local linear = require "linear"
local registry = require "registry"
local rules = require "rules"
local snapshots = require "snapshots"
local watches = require "watches"

local verdict = {}

--- The CPFs that were not decided, since too many outcomes were open.
verdict.undecided = {}

local function states_text(configs)
    local texts = {}
    for _, config in pairs(configs) do texts[#texts + 1] = config.state.text end
    table.sort(texts)
    return "possible before it: " .. table.concat(texts, " or ")
end

local function check_keys(ops)
    local by_key, keys = registry.parts(ops), {}
    for key in pairs(by_key) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do
        local decided, part, configs = pcall(linear.check, by_key[key])
        if not decided then
            if part ~= linear.undecided then error(part, 0) end
            verdict.undecided[#verdict.undecided + 1] = key
        elseif part then
            return {kind = "not linearizable", key = key, ops = {part.whole},
                text = ("CPF %s has no order that explains %s; %s"):format(key, part.name, states_text(configs))}
        end
    end
end

local function check_rules(ops)
    local problem, concerned = rules.check(ops)
    return problem and {kind = "wrong", ops = concerned, text = problem}
end

local function check_totals(ops)
    local problem, concerned = rules.check_totals(ops)
    return problem and {kind = "wrong total", ops = concerned, text = problem}
end

local function check_snapshots(ops)
    local cycle = snapshots.check(ops)
    if not cycle then return nil end
    return {kind = "no snapshot", ops = cycle, text = "each of these comes before the next, and the last before the first"}
end

local function check_watches(ops)
    local problem, concerned, ids = watches.check(ops)
    return problem and {kind = "wrong watch", ops = concerned, ids = ids, text = problem}
end

local checks = {["wrong"] = check_rules, ["wrong total"] = check_totals, ["not linearizable"] = check_keys,
    ["no snapshot"] = check_snapshots, ["wrong watch"] = check_watches}

--- Returns nil for a history that keeps the promises, else a table: kind, text, ops.
function verdict.of(ops)
    return check_rules(ops) or check_totals(ops) or check_keys(ops) or check_snapshots(ops) or
        check_watches(ops) or nil
end

--- Whether the history has a fault of this kind and no other that comes first. An undecided group counts as no fault.
function verdict.is(kind, ops)
    if not checks[kind](ops) then return false end
    if kind == "not linearizable" then return true end -- what is left of one CPF can be nothing else
    local found = verdict.of(ops)
    return found ~= nil and found.kind == kind
end

return verdict
