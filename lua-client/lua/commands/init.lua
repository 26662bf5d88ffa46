-- The commands that are not methods: every other file and folder here.
local commands = require "client.commands"
local core = require "core"
local lists = require "aluno.lists"

--- A file returns a declaration, or a list of them.
local function declarations_of(declared)
    return declared.verb and {declared} or declared
end

commands.set_files(function()
    local files = {}
    for _, module in ipairs(core.scripts) do
        if module:find "^commands%.[^.]+$" then files = lists.join(files, declarations_of(require(module))) end
    end
    return files
end)

return commands
