-- mais: the next page of the last list.
local language = require "client.language"
local lists = require "aluno.lists"
local more = require "client.more"

local nothing = language.of {
    pt = "Não há mais o que mostrar: mais continua a última lista",
    en = "There is no more to show: more goes on with the last list",
}

return {
    verb = {en = "more", pt = "mais"},
    doc = {en = "shows the next students of the last list", pt = "mostra os próximos alunos da última lista"},
    group = "students",
    run = function(_, io)
        local page = more.next()
        if page then return io.call(page.method, lists.copy(page.request)) end
        io.say(nothing)
        return 0
    end,
}
