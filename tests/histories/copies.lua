-- Whether a copy of the students that is kept by a watch is what others saw: one who is shown is put into it, one whose change
-- shows nobody is taken out.
--
-- A student is shown as it is some time after the change, and a watch of some students leaves out changes of the others. So
-- what a copy has at any moment proves little; when the watch was last said to have seen all, the copy is not behind anything
-- that was seen before this was asked.
local history = require "history"

local copies = {}

--- An erasure's etag.
copies.ERASED = 0

--- The name of a student's version.
function copies.version(id, etag)
    return id .. "/" .. etag
end

local version = copies.version

--- The ids of the students whom the operation has erased, as its reply says: texts.
function copies.erased_ids(op)
    return tostring(op.erased or ""):gmatch "%d+"
end

-- The last change of each student that the watch has reported: the etag, and the student if it was shown.
local function reported_by(watch)
    local reported = {}
    for _, op in ipairs(watch.ops) do
        for _, change in ipairs(op.changes) do
            local etag = change.etag == copies.ERASED and math.huge or change.item and change.item.etag or change.etag
            local before = reported[change.id]
            if not before or etag > before.etag then reported[change.id] = {etag = etag, item = change.item} end
        end
    end
    return reported
end

-- Whether the watch has reported a version as it must: a watch of all students each version; a watch of some this version or a
-- later one, when this version or the one before it is of a student whom it watches.
local function has_reported(all, watch, item)
    local before, reported = all.items[version(item.id, item.etag - 1)], watch.reported[item.id]
    if not watch.last.age then return watch.versions[version(item.id, item.etag)] end
    local must_report = history.is_watched(watch.last, item) or before and history.is_watched(watch.last, before)
    return not must_report or reported and reported.etag >= item.etag
end

-- Changes acknowledged between the beginning and the last time that all was seen are reported.
local function nothing_is_missing(all, watch)
    for _, op in ipairs(watch.begin and all.changes or {}) do
        local is_between = op.outcome == "ok" and op.invoked > watch.begin.returned and op.returned < watch.last.invoked
        for _, item in ipairs(is_between and op.items or {}) do
            if not has_reported(all, watch, item) then
                return "an acknowledged change was not seen", {watch.begin, op, watch.last}, {item.id}
            end
        end
        for id in copies.erased_ids(is_between and op or {}) do
            if not watch.versions[version(id, copies.ERASED)] then
                return "an acknowledged erasure was not seen", {watch.begin, op, watch.last}, {math.tointeger(tonumber(id))}
            end
        end
    end
end

-- Whoever is in the copy is there as of the last version that anybody had seen.
local function nobody_is_behind(all, watch)
    for _, op in ipairs(all.ops) do
        for _, item in ipairs(op.outcome == "ok" and op.returned < watch.last.invoked and op.items or {}) do
            local reported = watch.reported[item.id]
            if reported and reported.item and reported.etag < item.etag then
                return ("the copy of student %d is behind"):format(item.id), {op, watch.last}, {item.id}
            end
        end
    end
end

-- A change that shows nobody is of a student who is not watched any more: not of one who is still as of this version, and is.
local function all_are_shown(all, watch)
    for _, op in ipairs(watch.ops) do
        for _, change in ipairs(op.changes) do
            local name = version(change.id, change.etag)
            local item, seen = all.items[name], all.seen[name]
            if item and not change.item and history.is_watched(op, item) and seen.invoked > op.returned then
                return ("place %d does not show student %d"):format(change.place, change.id), {op, seen}, {change.id}
            end
        end
    end
end

--- `all`: ops, the ones that make changes, items and seen by version. `watch`: its ops, the versions that it has reported, the
--- first operation, and the last that has seen all (watches.lua). Returns nil, or what is wrong, the operations concerned, and
--- the ids of the students.
function copies.check(all, watch)
    watch.reported = reported_by(watch)
    for _, rule in ipairs(watch.last and {nothing_is_missing, nobody_is_behind, all_are_shown} or {all_are_shown}) do
        local problem, concerned, ids = rule(all, watch)
        if problem then return problem, concerned, ids end
    end
end

return copies
