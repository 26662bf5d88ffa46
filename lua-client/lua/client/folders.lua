-- The program's own folders.
local host = require("core").host

local folders = {}

--- Makes a folder, mode 0700, and those above it -> true | nil, problem
function folders.make(path)
    for slash in path:gmatch "()/" do
        if slash > 1 then host.make_folder(path:sub(1, slash - 1)) end -- what fails here fails again below
    end
    return host.make_folder(path)
end

--- Where the program keeps what it remembers: $XDG_STATE_HOME/aluno, by default ~/.local/state/aluno; nil without a home.
function folders.state()
    local state, home = os.getenv "XDG_STATE_HOME" or "", os.getenv "HOME" or ""
    if state:find "^/" then return state .. "/aluno" end
    return home:find "^/" and home .. "/.local/state/aluno" or nil
end

return folders
