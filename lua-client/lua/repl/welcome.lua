-- The first lines of the prompt on a terminal: who one is, where, with how many students; or what keeps from it, and the
-- remedy, before a form asks anything.
local aluno = require "aluno"
local errors = require "client.errors"
local evaluate = require "repl.evaluate"
local expiry = require "client.expiry"
local identity = require "client.identity"
local language = require "client.language"
local lists = require "aluno.lists"
local session = require "client.session"

local welcome = {}

local patience = 3 -- seconds

local text = language.of {
    pt = {
        hello = "%s · ajuda mostra os comandos",
        no_settings = "Ainda não se sabe quem é você: digite configurar e o arquivo que a escola entregou (NOME.aluno)",
        diagnose = "Para ver onde falha, digite diagnostico",
    },
    en = {
        hello = "%s · help shows the commands",
        no_settings = "It is not known yet who you are: type configure and the file that the school handed over (NAME.aluno)",
        diagnose = "To see where it fails, type diagnose",
    },
}

local function is_unset(variable)
    return (os.getenv(variable) or "") == ""
end

--- Asks the service -> the sentence that says who one is | nil, error
local function ask()
    return identity.sentence(os.getenv "ALUNO_SERVER", session.in_passing(patience))
end

--- Says what fails and what to do about it.
local function report(err, say)
    errors.report(err, say)
    if errors.is_connection_problem(err) then say(text.diagnose) end
end

--- Greets the person at the terminal.
function welcome.show(prompt)
    local say = prompt.say
    if not prompt.interactive then return end
    if lists.any({"ALUNO_CA", "ALUNO_CERT", "ALUNO_KEY"}, is_unset) then
        say(text.no_settings)
        return say(language.banner:format(aluno.version))
    end
    local fine, sentence, err = xpcall(ask, evaluate.keep_errors)
    if fine and sentence then
        say(text.hello:format(sentence))
        return expiry.warn(prompt)
    end
    if fine then report(err, say) else evaluate.report(sentence, say) end
    say(language.banner:format(aluno.version))
    expiry.warn(prompt)
end

return welcome
