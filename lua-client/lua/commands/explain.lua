-- explicar: the message and the remedy of a reason, from the contract.
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"

local text = language.of {
    pt = {unknown = "não há a razão %s", code = "código: ", remedy = "o que fazer: "},
    en = {unknown = "there is no reason %s", code = "code: ", remedy = "what to do: "},
}

local rows = {single = true, fields = output.row_fields "reason=razao code=codigo message=mensagem remedy=o_que_fazer"}

--- "CPF_TAKEN" -> {reason =, code =, message =, remedy =} | nil, error
local function call(name)
    assert(type(name) == "string", "explicar: the reason must be a string")
    name = name:upper():gsub("[%s-]", "_")
    local reason = aluno.schema.reasons[name]
    if not reason then return nil, errors.unknown(text.unknown, name, lists.keys(aluno.schema.reasons)) end
    local message, remedy = reason.text[language.name], reason.remedy[language.name]
    return {reason = name, code = reason.code, message = message, remedy = remedy}
end

return {
    verb = {en = "explain", pt = "explicar"},
    {name = "reason", value = {en = "REASON", pt = "RAZÃO"}},
    doc = {en = "says what a reason means and what to do", pt = "diz o que uma razão significa e o que fazer"},
    group = "session",
    flags = output.flags,
    call = call,
    run = function(arguments, io)
        local reason, err = call(arguments.reason)
        if not reason then return errors.report(err, io.say) end
        if output.is_asked(arguments) then return output.show(rows, {reason}, arguments) end
        io.data(reason.reason .. ": " .. reason.message)
        io.data(text.code .. reason.code)
        if reason.remedy ~= "" then io.data(text.remedy .. reason.remedy) end
        return 0
    end,
}
