-- `aluno --restricted script.lua`: a sandbox for untrusted scripts. It removes every global that can reach files,
-- processes, the network or native code, except those listed here. Only connect reads files, its certificates, and only
-- it uses the network. The certificate's role limits access to the register; --max-time limits the run.
local aluno = require "aluno"

local load_any = load

local restricted = {}

local allowed = {
    {_G, "_G _VERSION aluno arg assert collectgarbage coroutine error getmetatable ipairs load math next os pairs pcall " ..
        "print rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 warn " ..
        "xpcall"},
    {os, "clock date difftime exit time"},
    {string, "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper"},
    {aluno, "all args connect cpf csv exit exit_code fold is_error json language log message_json progress request_json " ..
        "schema sleep test uuid validate version"},
    {aluno.csv, "reader writer"},
}

--- load without bytecode, which can be crafted to break out of Lua.
local function load_text(chunk, name, _, ...)
    return load_any(chunk, name, "t", ...)
end

local function require_aluno(name)
    if name == "aluno" then return aluno end
    error(("a restricted script cannot require '%s'"):format(tostring(name)), 2)
end

--- Raises the error for a name that aluno.csv lacks in a restricted script: its functions for files.
local function refuse_csv(_, name)
    error(("a restricted script has no aluno.csv.%s: it may not use files"):format(tostring(name)), 2)
end

--- Removes all other globals from the state. The module's own files hold references to those that they need.
function restricted.run()
    for _, library in ipairs(allowed) do
        local names = " " .. library[2] .. " "
        for name in pairs(library[1]) do
            if not names:find(" " .. name .. " ", 1, true) then library[1][name] = nil end
        end
    end
    _G.load, _G.require = load_text, require_aluno
    setmetatable(aluno.csv, {__index = refuse_csv})
end

return restricted
