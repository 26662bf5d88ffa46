-- The purpose of the data's use: the service's audit records it with each call, and some services require it.
local language = require "client.language"
local program = require "program"
local session = require "client.session"

local purpose = {}

local text = language.of {
    pt = {remedy = "diga com --finalidade TEXTO; no prompt, com \\finalidade TEXTO"},
    en = {remedy = "say it by --purpose TEXT; at the prompt, by \\purpose TEXT"},
}

--- The remedy for PURPOSE_REQUIRED.
purpose.remedy = text.remedy

--- The purpose of the calls to come, by the program's flag, its environment or the prompt; nil for none.
function purpose.chosen()
    local chosen = os.getenv "ALUNO_PURPOSE"
    return chosen ~= "" and chosen or nil
end

--- Chooses it; "" for none.
function purpose.choose(chosen)
    program.setenv("ALUNO_PURPOSE", chosen)
    session.reset()
end

return purpose
