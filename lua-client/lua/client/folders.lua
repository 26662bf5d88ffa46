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

local function of_user(variable, usual)
    local base, home = os.getenv(variable) or "", os.getenv "HOME" or ""
    if base:find "^/" then return base .. "/aluno" end
    return home:find "^/" and home .. usual .. "/aluno" or nil
end

--- Where the program keeps what it remembers: $XDG_STATE_HOME/aluno, by default ~/.local/state/aluno; nil without a home.
function folders.state()
    return of_user("XDG_STATE_HOME", "/.local/state")
end

--- Where the settings and certificates are: $XDG_CONFIG_HOME/aluno, by default ~/.config/aluno; nil without a home.
function folders.config()
    return of_user("XDG_CONFIG_HOME", "/.config")
end

--- A path as a shell takes it: ~/ is the home.
function folders.in_full(path)
    return (path:gsub("^~/", (os.getenv "HOME" or "~") .. "/"))
end

return folders
