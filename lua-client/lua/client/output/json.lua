-- json: one JSON value, a list as it comes: no more than one row is held.
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
