-- How long a command's calls take, for \timing: without the time in which a person reads or types.
local core = require "core"
local language = require "client.language"

local timing = {}

local text = language.of {pt = "Tempo: %.1f ms", en = "Time: %.1f ms"}

--- Whether commands say it.
timing.is_on = false

local spent = 0 -- seconds, since timing.report

--- Returns what f(…) returns, and adds how long it took.
function timing.of(f, ...)
    local begun = core.host.clock()
    local results = table.pack(f(...))
    spent = spent + core.host.clock() - begun
    return table.unpack(results, 1, results.n)
end

--- Says how long the calls since the last time took, if that is wanted.
function timing.report(say)
    if timing.is_on then say(text:format(spent * 1000)) end
    spent = 0
end

return timing
