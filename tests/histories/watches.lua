-- Whether each watch is complete: its changes come in order, none is skipped, one that comes again has the same place, and all
-- watches show the same changes. copies.lua checks the copy of the students that a watch keeps.
--
-- The expected changes are known from the other operations: an acknowledged change is a version of a student, which the etag
-- numbers. The order of places has to agree with the order of time and, of one student, with that of the versions. It need
-- not agree with pages otherwise: over PostgreSQL, places of transactions that ran at once are in the order of their
-- beginnings. A student is shown as it is some time after the change, not as of an instant between invocation and reply.
-- A watch of some students leaves out changes of the others, so it is not asked for each change.
local copies = require "copies"
local history = require "history"

local watches = {}

local kind_of = {create = "CREATED", batch = "CREATED", update = "UPDATED", remove = "REMOVED", restore = "RESTORED",
    erase = "ERASED"}
local ERASED, version = copies.ERASED, copies.version

-- ---- what the whole history shows ----

-- By version: the operation that made it, as its reply says; how any page or reply has it; the last one that was asked for.
local function versions_of(ops)
    local makers, items, seen = {}, {}, {}
    for _, op in ipairs(ops) do
        for _, item in ipairs(op.items) do
            local name = version(item.id, item.etag)
            items[name], seen[name] = items[name] or item, op
            if kind_of[op.method] then makers[name] = op end
        end
        for id in copies.erased_ids(op) do makers[version(id, ERASED)] = op end
    end
    return makers, items, seen
end

-- All changes that a watch has seen, in the order of places, and the operation that has seen each first.
local function all_places(ops)
    local by_place, places = {}, {}
    for _, op in ipairs(ops) do
        for _, change in ipairs(op.changes) do
            if not by_place[change.place] then
                by_place[change.place] = {change = change, op = op}
                places[#places + 1] = change.place
            end
        end
    end
    table.sort(places)
    return by_place, places
end

local function history_of(ops)
    local all = {ops = ops, watches = {}, changes = {}}
    for _, op in ipairs(ops) do
        if op.method == "watch" then table.insert(all.watches, op) end
        if kind_of[op.method] then table.insert(all.changes, op) end
    end
    all.makers, all.items, all.seen = versions_of(ops)
    all.by_place, all.places = all_places(all.watches)
    return all
end

-- ---- each reply ----

local function nobody_is_refused(all)
    for _, op in ipairs(all.watches) do
        if op.outcome == "fail" then return "a watch cannot go on", {op}, {} end
    end
end

local function replies_are_in_order(all)
    for _, op in ipairs(all.watches) do
        local last, id = op.after or 0, nil
        for _, change in ipairs(op.changes) do
            if change.place <= last then
                return ("place %d comes after place %d"):format(change.place, last), {op}, {change.id, id}
            end
            last, id = change.place, change.id
        end
    end
end

-- The index of the first place above this one.
local function index_above(places, place)
    local low, high = 1, #places + 1
    while low < high do
        local middle = (low + high) // 2
        if places[middle] <= place then low = middle + 1 else high = middle end
    end
    return low
end

-- A change that a watch of all has seen between two places of another watch of all is seen by that one, too. The place at
-- which a watch begins is not known.
local function replies_are_whole(all)
    for _, op in ipairs(all.watches) do
        local from = op.after and op.after > 0 and op.after or op.changes[1] and op.changes[1].place - 1
        local index = from and index_above(all.places, from)
        for _, change in ipairs(op.age and {} or op.changes) do
            local place = all.places[index]
            if place ~= change.place then
                return ("a change was skipped, at place %d"):format(place), {all.by_place[place].op, op},
                    {all.by_place[place].change.id, change.id}
            end
            index = index + 1
        end
    end
end

-- ---- each change ----

local function changes_have_one_place(all)
    local place_of = {}
    for _, op in ipairs(all.watches) do
        for _, change in ipairs(op.changes) do
            local name, there = version(change.id, change.etag), all.by_place[change.place]
            local before = place_of[name] or change.place
            if version(there.change.id, there.change.etag) ~= name or there.change.kind ~= change.kind then
                return ("place %d has two changes"):format(change.place), {there.op, op}, {there.change.id, change.id}
            elseif before ~= change.place then
                return ("version %s has two places"):format(name), {all.by_place[before].op, op}, {change.id}
            end
            place_of[name] = change.place
        end
    end
end

local function kinds_are_right(all)
    for _, place in ipairs(all.places) do
        local at = all.by_place[place]
        local change, maker = at.change, all.makers[version(at.change.id, at.change.etag)]
        local fits = (change.kind == "CREATED") == (change.etag == 1) and (change.kind == "ERASED") == (change.etag == ERASED)
        if not fits or (maker and kind_of[maker.method] ~= change.kind) then
            return ("place %d is not what happened: %s"):format(place, change.kind), {maker or at.op, at.op}, {change.id}
        end
    end
end

local function is_same(a, b)
    for _, name in ipairs {"s", "key", "live", "name", "age", "mail", "birth"} do
        if a[name] ~= b[name] then return false end
    end
    return true
end

local function is_shown_right(op, change, other)
    local item = change.item
    return item.id == change.id and item.etag >= change.etag and history.is_watched(op, item) and
        (not other or is_same(item, other))
end

local function students_are_known(all)
    for _, op in ipairs(all.watches) do
        for _, change in ipairs(op.changes) do
            local item = change.item
            if item and not is_shown_right(op, change, all.items[version(item.id, item.etag)]) then
                return ("place %d has a student as there was none"):format(change.place), {op}, {change.id, item.id}
            end
        end
    end
end

-- ---- their order ----

-- A change that was acknowledged before another one was asked for has the smaller place.
local function places_follow_time(all)
    local latest, asked, id = nil, 0, nil
    for _, place in ipairs(all.places) do
        local change = all.by_place[place].change
        local maker = all.makers[version(change.id, change.etag)]
        if maker and maker.returned < asked then
            return ("place %d is too late"):format(place), {maker, latest}, {change.id, id}
        elseif maker and maker.invoked > asked then
            latest, asked, id = maker, maker.invoked, change.id
        end
    end
end

-- From the first version of a student that a watch of all has seen on it has seen each; none comes after the erasure.
local function versions_follow_each_other(all, watch)
    local last = {}
    for _, place in ipairs(all.places) do
        local op, change = watch.seen[place], all.by_place[place].change
        local before = op and last[change.id]
        if before == ERASED then
            return ("student %d changes after the erasure"):format(change.id), {op}, {change.id}
        elseif before and change.etag ~= ERASED and (change.etag <= before or not op.age and change.etag > before + 1) then
            return ("version %d of student %d is not followed by the next one"):format(before, change.id), {op}, {change.id}
        elseif op then
            last[change.id] = change.etag
        end
    end
end

-- ---- each watch, by its process ----

local function watches_of(all)
    local by_process = {}
    for _, op in ipairs(all.watches) do
        local watch = by_process[op.process] or {ops = {}, seen = {}, versions = {}}
        by_process[op.process] = watch
        table.insert(watch.ops, op)
        if op.outcome == "ok" and not op.after then watch.begin = watch.begin or op end
        if op.outcome == "ok" and op.after and not op.more then watch.last = op end
        for _, change in ipairs(op.changes) do
            watch.seen[change.place] = watch.seen[change.place] or op
            watch.versions[version(change.id, change.etag)] = true
        end
    end
    return by_process
end

local rules = {nobody_is_refused, replies_are_in_order, changes_have_one_place, replies_are_whole, kinds_are_right,
    students_are_known, places_follow_time}

--- Returns nil, or what is wrong, the operations concerned, and the ids of the students.
function watches.check(ops)
    local all = history_of(ops)
    for _, rule in ipairs(rules) do
        local problem, concerned, ids = rule(all)
        if problem then return problem, concerned, ids end
    end
    for _, watch in pairs(watches_of(all)) do
        for _, rule in ipairs {versions_follow_each_other, copies.check} do
            local problem, concerned, ids = rule(all, watch)
            if problem then return problem, concerned, ids end
        end
    end
end

return watches
