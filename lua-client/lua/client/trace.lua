-- Where something was raised, in the user's own code: neither the client's files nor C are in it. With ALUNO_TRACE=1 all is.
local core = require "core"

local getenv = os.getenv

local trace = {}

--- The client's own files, as Lua names them.
local own = {}
for _, module in ipairs(core.scripts) do
    local path = module:gsub("%.", "/")
    own[path .. ".lua"], own[path .. "/init.lua"] = true, true
end

--- Returns what was raised, without a place in the client's own files.
function trace.message(raised)
    return (tostring(raised):gsub("^([%w_/]+%.lua):%d+: ", function(file)
        return own[file] and ""
    end))
end

--- Returns a traceback of Lua's without the lines of the client and of C; the message alone when none is left.
function trace.filter(traceback)
    if getenv "ALUNO_TRACE" == "1" then return traceback end
    local message, frames = traceback:match "^(.-)\nstack traceback:(.*)$"
    if not message then return trace.message(traceback) end
    local kept = {}
    for frame in frames:gmatch "\n\t([^\n]+)" do
        local file = frame:match "^(.-):"
        local is_own = own[file] or file == "[C]" or not file
        if not is_own then kept[#kept + 1] = "\n\t" .. frame end
    end
    return trace.message(message) .. (#kept > 0 and "\nstack traceback:" .. table.concat(kept) or "")
end

return trace
