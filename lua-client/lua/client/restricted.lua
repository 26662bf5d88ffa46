-- `aluno --restricted script.lua`: a script that one would rather not trust runs without what reaches the machine. It has
--
--   print error assert pcall xpcall select type tostring tonumber next pairs ipairs rawequal rawget rawlen rawset
--   getmetatable setmetatable collectgarbage warn _VERSION arg, and load, for text only
--   string (without dump), table, math, utf8, coroutine
--   os.clock os.date os.difftime os.exit os.time
--   require, which gives `aluno` alone; aluno without csv.open, csv.create, host.create and commands: of files, only
--   connect reads any, those of certificates that it is told
--
-- and so neither io, os.execute and its like, package, debug, dofile nor loadfile. What it may do to the register is
-- what its certificate's role allows; how long it runs, --max-time says.
local aluno = require "aluno"

local load_any = load

local restricted = {}

local globals_left = "print error assert pcall xpcall select type tostring tonumber next pairs ipairs rawequal rawget " ..
    "rawlen rawset getmetatable setmetatable collectgarbage warn _VERSION _G arg string table math utf8 coroutine os aluno"
local os_left = "clock date difftime exit time"

local function keep_only(library, names)
    local kept = {}
    for name in names:gmatch "%S+" do
        kept[name] = true
    end
    for name in pairs(library) do
        if not kept[name] then library[name] = nil end
    end
end

--- load, but for bytecode: what is made by hand can break out of Lua.
local function load_text(chunk, name, _, ...)
    return load_any(chunk, name, "t", ...)
end

local function require_aluno(name)
    if name == "aluno" then return aluno end
    error(("a restricted script cannot require '%s'"):format(tostring(name)), 2)
end

--- Takes everything else away from the state, for good. The module's own files hold what they need of it.
function restricted.run()
    keep_only(os, os_left)
    keep_only(_G, globals_left)
    string.dump = nil
    aluno.csv.open, aluno.csv.create, aluno.host.create, aluno.commands = nil, nil, nil, nil
    _G.load, _G.require = load_text, require_aluno
end

return restricted
