-- What a command takes, in the words of the contract and of commands/: its usage, its fields, an example.
local flags = require "client.flags"
local language = require "client.language"
local terminal = require "program.terminal"

local help = {}

local text = language.of {
    pt = {
        kinds = {int = "NÚMERO", text = "TEXTO"},
        usage = "uso: ",
        required = "obrigatório",
        key = "um destes",
        example = "exemplo: ",
    },
    en = {
        kinds = {int = "NUMBER", text = "TEXT"},
        usage = "usage: ",
        required = "required",
        key = "one of these",
        example = "example: ",
    },
}

--- Values for the examples, by the English names of fields; the CPF is the one that the tax office's guides show.
local samples = {
    name = language.of {pt = '"Ana Souza"', en = '"Ann Sousa"'},
    age = "16",
    br_document = "529.982.247-25",
    email = language.of {pt = "ana@exemplo.com", en = "ann@example.com"},
    id = "1",
    query = language.of {pt = '"joao idade>=18"', en = '"joao age>=18"'},
    order_by = language.of {pt = "nome", en = "name"},
    request_id = "123e4567-e89b-12d3-a456-426614174000",
}

--- "--nome TEXTO"
local function written(flag)
    local kind = text.kinds[flag.kind]
    return flags.written(flag) .. (kind and " " .. kind or "")
end

--- What a flag is for: "Nome do aluno: de 1 a 120 caracteres …".
local function about(flag)
    local label = flag.label[language.name]
    if not flag.rule or flag.rule == "any" then return label end
    return label .. ": " .. flag.rule_text[language.name]
end

--- The flags of a command, those that are needed first -> flags, the mark of each: "required", "key" or nil
local function in_order(command)
    local fields, required = flags.fields(command)
    local needed, others, marks = {}, {}, {}
    for _, field in ipairs(fields) do
        marks[field] = field.presence == "key" and "key" or required[field.name] and "required" or nil
        local list = marks[field] and needed or others
        list[#list + 1] = field
    end
    return table.move(others, 1, #others, #needed + 1, needed), marks
end

--- "deletar (--id NÚMERO | --cpf TEXTO) [--etag TEXTO] [--apenas_validar]"
function help.usage(command)
    local words, keys = {command.verb[language.name]}, {}
    if command.arguments then words[2] = command.arguments[language.name] end
    local fields, marks = in_order(command)
    for _, field in ipairs(fields) do
        if marks[field] == "key" then keys[#keys + 1] = written(field) end
    end
    if #keys > 0 then words[#words + 1] = "(" .. table.concat(keys, " | ") .. ")" end
    for _, field in ipairs(fields) do
        if marks[field] == "required" then
            words[#words + 1] = written(field)
        elseif not marks[field] then
            words[#words + 1] = "[" .. written(field) .. "]"
        end
    end
    return table.concat(words, " ")
end

--- "--nome TEXTO  Nome do aluno: …"
function help.flag(flag)
    return written(flag) .. "  " .. about(flag)
end

--- A call that works, but for its data: all that is required, the key that people know, and something to do
--- | nil when there is nothing to say.
local function example(command)
    local words, done = {command.verb[language.name]}, {}
    local fields, marks = in_order(command)
    for _, field in ipairs(fields) do
        local sample, mark = samples[field.name], marks[field] or "option"
        local is_for_scripts = mark == "key" and field.rule == "any"
        if sample and not is_for_scripts and (mark == "required" or not done[mark] and not done.required) then
            words[#words + 1] = flags.written(field) .. " " .. sample
            done[mark] = true
        end
    end
    return #words > 1 and table.concat(words, " ") or nil
end

local function pad(words, width)
    return words .. (" "):rep(width - terminal.width(words))
end

--- Every line about a command.
function help.lines(command)
    local lines = {command.verb[language.name] .. ": " .. command.doc[language.name]}
    lines[2] = "  " .. text.usage .. help.usage(command)
    local fields, marks = in_order(command)
    for _, field in ipairs(fields) do
        local mark = marks[field] and " (" .. text[marks[field]] .. ")" or ""
        lines[#lines + 1] = "  " .. pad(written(field), 26) .. " " .. about(field) .. mark
    end
    local shown = command.method and example(command)
    if shown then lines[#lines + 1] = "  " .. text.example .. shown end
    return lines
end

return help
