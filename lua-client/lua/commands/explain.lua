-- explicar: what a reason means and what can be done, in the contract's words.
local aluno = require "aluno"
local failures = require "client.errors"
local language = require "client.language"
local nearest = require "client.nearest"
local output = require "client.output"

local text = language.of {
    pt = {unknown = "não há a razão %s", nearest = "talvez: %s", code = "código: ", remedy = "o que fazer: "},
    en = {unknown = "there is no reason %s", nearest = "perhaps: %s", code = "code: ", remedy = "what to do: "},
}

local rows = {
    single = true,
    fields = {
        {name = "reason", name_pt = "razao", kind = "text"},
        {name = "code", name_pt = "codigo", kind = "text"},
        {name = "message", name_pt = "mensagem", kind = "text"},
        {name = "remedy", name_pt = "remedio", kind = "text"},
    },
}

local function unknown(name)
    local names = {}
    for reason in pairs(aluno.schema.reasons) do
        names[#names + 1] = reason
    end
    local likely = nearest.find(name, names, 3)
    local remedy = #likely > 0 and text.nearest:format(table.concat(likely, ", ")) or ""
    return failures.new("INVALID_ARGUMENT", "WORD_UNKNOWN", text.unknown:format(name), remedy)
end

--- "CPF_TAKEN" -> {reason =, code =, message =, remedy =} | nil, error
local function call(name)
    assert(type(name) == "string", "explicar: the reason must be a string")
    name = name:upper():gsub("[%s-]", "_")
    local reason = aluno.schema.reasons[name]
    if not reason then return nil, unknown(name) end
    return {
        reason = name,
        code = reason.code,
        message = reason.text[language.name],
        remedy = reason.remedy[language.name],
    }
end

return {
    verb = {en = "explain", pt = "explicar"},
    arguments = {en = "REASON", pt = "RAZAO"},
    doc = {en = "tells what a reason means and what to do", pt = "diz o que uma razão significa e o que fazer"},
    flags = output.flags,
    call = call,
    run = function(arguments, io)
        local reason, err = call(arguments[1])
        if not reason then
            failures.tell(err, io.say)
            return 2
        end
        if output.is_asked(arguments) then return output.show(rows, {reason}, arguments, io) end
        io.data(reason.reason .. ": " .. reason.message)
        io.data(text.code .. reason.code)
        if reason.remedy ~= "" then io.data(text.remedy .. reason.remedy) end
        return 0
    end,
}
