-- The commands that are not methods: every other file and folder here.
local commands = require "client.commands"
local core = require "core"

commands.set_files(function()
    local files = {}
    for _, module in ipairs(core.scripts) do
        if module:find "^commands%.[^.]+$" then files[#files + 1] = require(module) end
    end
    return files
end)

return commands
