-- stubs: the module `aluno` described for editors.
local stubs = require "client.stubs"

return {
    verb = {en = "stubs", pt = "stubs"},
    doc = {
        en = "describes the Lua module for editors: aluno stubs > aluno.meta.lua",
        pt = "descreve o módulo Lua para editores: aluno stubs > aluno.meta.lua",
    },
    call = stubs.text,
    run = function(_, io)
        io.data((stubs.text():gsub("\n$", "")))
        return 0
    end,
}
