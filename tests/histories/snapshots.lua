-- Whether each page is a snapshot: one moment between its invocation and its end at which all of its students were as it has
-- them, and none was there that it lacks, in one order of all pages, reads and changes.
--
-- The etag numbers a student's versions, so the order is known: a page comes after the changes that made the versions which
-- it has, and before the ones that made the next. An operation comes before each that was invoked after its end. A consistent
-- history has no cycle (Adya's serialization graph, as in Elle). This is complete for what it looks at: successful
-- operations. Refusals are linear.lua's.
local history = require "history"

local snapshots = {}

local function new_graph()
    return {nodes = {}, next = {}}
end

local function node(graph, op)
    local at = {op = op, to = {}}
    graph.nodes[#graph.nodes + 1] = at
    return at
end

local function edge(from, to)
    if from ~= to then from.to[#from.to + 1] = to end
end

-- ---- versions ----

local makes = {create = true, batch = true, update = true, remove = true, restore = true}

-- By student and etag the node of the change that made it. An unknown one, whose reply was lost, has a node without an
-- operation; the lost rows of a batch share the batch's.
local function number_versions(graph, ops)
    local versions, created_by = {}, {}
    local function version(item, op)
        local of = versions[item.s] or {id = item.id, seen = math.maxinteger}
        versions[item.s] = of
        of[item.etag] = of[item.etag] or op and op.node or item.etag == 1 and created_by[item.s] or node(graph)
    end
    for _, op in ipairs(ops) do
        if op.outcome == "ok" then op.node = node(graph, op) end
        if op.method == "batch" and op.outcome == "info" then
            op.node = node(graph, op)
            local row = 0
            for _ in op.key:gmatch "[^,]+" do
                row = row + 1
                created_by[op.name .. "." .. row] = op.node
            end
        end
    end
    for _, op in ipairs(ops) do
        for _, item in ipairs(makes[op.method] and op.items or {}) do version(item, op) end
    end
    for _, op in ipairs(ops) do
        for _, item in ipairs(op.items) do
            version(item)
            versions[item.s].seen = math.min(versions[item.s].seen, op.returned)
        end
    end
    return versions
end

-- Each student's erasure, the node after all others. One whose outcome is open has a node without an operation.
local function add_erasures(graph, ops, versions)
    for _, op in ipairs(ops) do
        for _, s in ipairs(history.may_erase(op)) do
            local of = versions[s]
            if of then
                of.erased = op.node or of.erased or node(graph)
                of.erasure_invoked = math.min(of.erasure_invoked or math.maxinteger, op.invoked)
            end
        end
    end
end

local function etags_of(of)
    local etags = {}
    for etag in pairs(of) do
        if math.type(etag) then etags[#etags + 1] = etag end
    end
    table.sort(etags)
    return etags
end

local function order_versions(versions)
    for _, of in pairs(versions) do
        local etags = etags_of(of)
        of.following = {[0] = of[etags[1]]}
        for i, etag in ipairs(etags) do
            local following = etags[i + 1] and of[etags[i + 1]] or of.erased
            of.following[etag] = following
            if following then edge(of[etag], following) end
        end
    end
end

-- ---- what is read ----

local function see(op, of, etag)
    if etag > 0 then edge(of[etag], op.node) end
    if of.following[etag] then edge(op.node, of.following[etag]) end
end

--- The ids that a page is about: from, to.
function snapshots.range(op)
    local last = op.more and op.items[#op.items].id
    if op.order == "desc" then return last or 1, op.after and op.after - 1 or math.maxinteger end
    return op.after and op.after + 1 or 1, last or math.maxinteger
end

-- A page lacks a student who was not there yet, or was erased. Which of both is known if it came before anybody asked for the
-- erasure, or was asked for after the student had been seen.
local function see_one_absent(op, of)
    if not of.erased then
        see(op, of, 0)
    elseif op.returned < of.erasure_invoked then
        see(op, of, 0)
    elseif of.seen < op.invoked then
        edge(of.erased, op.node)
    end
end

-- Only a page with removed students says of one that it lacks in which state it was.
local function see_absent(op, by_id)
    local from, to = snapshots.range(op)
    local has = {}
    for _, item in ipairs(op.items) do has[item.id] = true end
    for i = by_id.first(from), #by_id do
        if by_id[i].id > to then break end
        if not has[by_id[i].id] then see_one_absent(op, by_id[i]) end
    end
end

local function sorted_by_id(versions)
    local by_id = {}
    for _, of in pairs(versions) do by_id[#by_id + 1] = of end
    table.sort(by_id, function(a, b) return a.id < b.id end)
    function by_id.first(id)
        local low, high = 1, #by_id + 1
        while low < high do
            local middle = (low + high) // 2
            if by_id[middle].id < id then low = middle + 1 else high = middle end
        end
        return low
    end
    return by_id
end

local function order_reads(ops, versions)
    local by_id = sorted_by_id(versions)
    for _, op in ipairs(ops) do
        if op.outcome == "ok" and not makes[op.method] then
            for _, item in ipairs(op.items) do see(op, versions[item.s], item.etag) end
            if op.method == "list" and op.removed then see_absent(op, by_id) end
        end
    end
end

-- ---- time: a chain of moments, one for each end ----

local function order_time(graph, ops)
    local events = {}
    for _, op in ipairs(ops) do
        if op.node then
            events[#events + 1] = {op.invoked, op}
            if op.returned then events[#events + 1] = {op.returned, op, true} end
        end
    end
    table.sort(events, function(a, b) return a[1] < b[1] end)
    local moment
    for _, event in ipairs(events) do
        local op, is_end = event[2], event[3]
        if is_end then
            local now = node(graph)
            if moment then edge(moment, now) end
            edge(op.node, now)
            moment = now
        elseif moment then
            edge(moment, op.node)
        end
    end
end

-- ---- cycles ----

-- Removes nodes that no edge leads to, again and again. The remaining nodes have a cycle.
local function prune(graph)
    local ready, left = {}, #graph.nodes
    for _, at in ipairs(graph.nodes) do at.before = 0 end
    for _, at in ipairs(graph.nodes) do
        for _, other in ipairs(at.to) do other.before = other.before + 1 end
    end
    for _, at in ipairs(graph.nodes) do
        if at.before == 0 then ready[#ready + 1] = at end
    end
    while #ready > 0 do
        local at = table.remove(ready)
        left = left - 1
        for _, other in ipairs(at.to) do
            other.before = other.before - 1
            if other.before == 0 then ready[#ready + 1] = other end
        end
    end
    return left
end

-- The operations on a shortest way from the node back to it, or nil.
local function way_back(from)
    local came, queue, head = {}, {from}, 1
    while queue[head] do
        local at = queue[head]
        head = head + 1
        for _, other in ipairs(at.to) do
            if other == from then
                local ops = {}
                while at do
                    if at.op then table.insert(ops, 1, at.op) end
                    at = came[at]
                end
                return ops
            end
            if other.before > 0 and not came[other] then
                came[other] = at
                queue[#queue + 1] = other
            end
        end
    end
end

local function shortest_cycle(graph)
    local shortest
    for _, at in ipairs(graph.nodes) do
        local cycle = at.op and at.before > 0 and way_back(at)
        if cycle and (not shortest or #cycle < #shortest) then shortest = cycle end
        if shortest and #shortest <= 2 then break end
    end
    return shortest
end

--- Returns nil when one order explains all that succeeded, else the operations of a cycle.
function snapshots.check(ops)
    local graph = new_graph()
    for _, op in ipairs(ops) do op.node = nil end
    local versions = number_versions(graph, ops)
    add_erasures(graph, ops, versions)
    order_versions(versions)
    order_reads(ops, versions)
    order_time(graph, ops)
    if prune(graph) > 0 then return shortest_cycle(graph) end
end

return snapshots
