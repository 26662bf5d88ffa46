-- The checker on histories that are known to be right or wrong: lua5.4 test_check.lua
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path

local history = require "history"
local shrink = require "shrink"
local verdict = require "verdict"

local cases, watch_cases = require "cases", require "watch_cases"
table.move(watch_cases, 1, #watch_cases, #cases + 1, cases)

local broken = 0

local function not_ok(...)
    broken = broken + 1
    print("not ok: " .. string.format(...))
end

local function lines_of(texts)
    local i = 0
    return function()
        i = i + 1
        return texts[i]
    end
end

-- Another student's life follows: shrinking takes it away.
local function padded(texts)
    local all = table.move(texts, 1, #texts, 1, {})
    all[#all + 1] = "z.1 invoke create key=99 age=1"
    all[#all + 1] = "z.1 ok item=900/z.1/99/1/live/z.1/1"
    for i = 2, 30 do
        all[#all + 1] = ("z.%d invoke update key=99 s=z.1"):format(i)
        all[#all + 1] = ("z.%d ok item=900/z.1/99/%d/live/z.%d/1"):format(i, i, i)
    end
    return all
end

local function check_shrunk(title, kind, texts)
    local long = history.parse(lines_of(padded(texts)))
    local found = verdict.of(long)
    if not found or found.kind ~= kind then return not_ok("%s, with another student: %s", title, found and found.text) end
    local small = history.parse(history.format(shrink.smallest(long, found)):gmatch "[^\n]+")
    found = verdict.of(small)
    if not found or found.kind ~= kind then not_ok("%s, shrunk: %s", title, found and found.text) end
    if kind == "wrong total" then return end
    if #small > #texts then not_ok("%s, shrunk, has %d operations", title, #small) end
    if kind == "not linearizable" and texts[2]:find " ok " and small[1].name ~= texts[1]:match "^%S+" then
        not_ok("%s, shrunk, has lost what explains the rest", title)
    end
end

for _, case in ipairs(cases) do
    local title, kind, texts = table.unpack(case)
    local found = verdict.of(history.parse(lines_of(texts)))
    if (found and found.kind or false) ~= kind then
        not_ok("%s: %s instead of %s", title, found and found.kind .. ", " .. found.text or "right", kind or "right")
    elseif kind then
        check_shrunk(title, kind, texts)
    end
end

for _, text in ipairs {"a.1", "a.1 ok", "a.1 invoke get key=4\na.1 invoke get key=4", "a.1 invoke get key=4\na.1 ok item=7/a"} do
    if pcall(history.parse, text:gmatch "[^\n]+") then not_ok("is no history: %s", text) end
end

print(("%d histories"):format(#cases))
os.exit(broken == 0 and 0 or 1)
