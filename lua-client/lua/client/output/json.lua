-- json: one JSON value. A list is streamed: only one row is in memory.
local json = require "client.json_lines"

local function open(rows, write)
    local held
    if not rows.single then write "[" end
    return {
        item = function(item)
            if held then write(held .. ",") end
            held = json.row(rows, item)
        end,
        close = function()
            if held then write(held) end
            if not rows.single then write "]" end
        end,
    }
end

return {name = {en = "json", pt = "json"}, open = open}
