-- ndjson: a line of JSON for each row.
local json = require "client.json_lines"

local function open(rows, write)
    return {
        item = function(item) write(json.row(rows, item)) end,
        close = function() end,
    }
end

return {name = {en = "ndjson", pt = "ndjson"}, open = open}
