-- \conexao: who one is, where, and with how many students.
local errors = require "client.errors"
local identity = require "client.identity"

return {
    verb = {en = "\\connection", pt = "\\conexao"},
    doc = {en = "says who you are, and at which service", pt = "diz quem é você, e em que serviço"},
    group = "session",
    run = function(_, io)
        local sentence, err = identity.sentence(os.getenv "ALUNO_SERVER")
        if not sentence then return errors.report(err, io.say) end
        io.say(sentence)
        return 0
    end,
}
