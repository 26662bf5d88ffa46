-- Checks a history: lua5.4 check.lua [--shrink FILE] HISTORY
--
-- Exits with 0 when it keeps all promises, with 1 when it breaks one: then it prints which, and the operations concerned,
-- and writes a small history that breaks it, too, to the FILE. The format is in history.lua.
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path

local history = require "history"
local shrink = require "shrink"
local verdict = require "verdict"

local function usage()
    io.stderr:write "usage: lua5.4 check.lua [--shrink FILE] HISTORY\n"
    os.exit(2)
end

local function count(ops)
    local by_outcome, processes, ends = {ok = 0, fail = 0, info = 0}, {}, 0
    for _, op in ipairs(ops) do
        by_outcome[op.outcome] = by_outcome[op.outcome] + 1
        if not processes[op.process] then
            processes[op.process] = true
            ends = ends + 1
        end
    end
    return ("%d operations of %d processes: %d succeeded, %d refused, %d open"):format(#ops, ends, by_outcome.ok, by_outcome.fail,
        by_outcome.info)
end

-- A reply may have a hundred students.
local function line(number, text)
    print(("    line %d: %s"):format(number, text:sub(1, 400)))
end

local function show(title, found)
    print(("%s: %s"):format(title, found.text))
    for i = 1, math.min(#found.ops, 20) do
        local op = found.ops[i]
        line(op.invoked, history.invocation(op))
        if op.returned then line(op.returned, history.ending(op)) end
    end
end

local function keep(path, ops, found)
    local small = shrink.smallest(ops, found)
    local file = assert(io.open(path, "w"))
    file:write(("# %s: %s\n"):format(found.kind, verdict.of(small).text), history.format(small))
    assert(file:close())
    print(("%d of %d operations break it, too: %s"):format(#small, #ops, path))
end

local path, kept
if arg[1] == "--shrink" then kept, path = arg[2], arg[3] else path = arg[1] end
if not path then usage() end
local ops = history.read(path)
local found = verdict.of(ops)
print(count(ops))
if #verdict.undecided > 0 then
    print("not decided, for too many outcomes are open: CPF " .. table.concat(verdict.undecided, ", "))
end
if found then
    show(found.kind, found)
    if kept then keep(kept, ops, found) end
    os.exit(1)
end
