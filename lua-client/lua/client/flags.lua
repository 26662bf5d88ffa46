-- The words after a verb, `--nome "Ana Lima" --idade 20`, to the table of a method's request, or of the arguments of
-- another command.
local aluno = require "aluno"
local language = require "client.language"
local output = require "client.output"

local flags = {}

local function field_of(fields, name)
    for _, field in ipairs(fields) do
        if field.name == name or field.name_pt == name then return field end
    end
end

--- A flag as it is typed: "--apenas-validar"; in the user's language, or another.
function flags.written(flag, language_name)
    return "--" .. language.field(flag, language_name):gsub("_", "-")
end

--- The flag of a command that a word such as "--nome" or "--nome=Ana" names; nil for none.
function flags.find(command, word)
    local name = word:match "^%-%-([^=]+)"
    return name and field_of(flags.fields(command), (name:gsub("-", "_")))
end

--- Adds the flags of a method's output; where a field of its own has their Portuguese name, by the English one.
local function add_output(fields)
    for _, flag in ipairs(output.flags) do
        local name_pt = field_of(fields, flag.name_pt) and flag.name or flag.name_pt
        fields[#fields + 1] = {name = flag.name, name_pt = name_pt, kind = flag.kind, label = flag.label, rule = "any"}
    end
end

--- What flags may give: the flags of a command of commands/; of a method (a row of the contract, or the command that
--- is one) the fields of its request: its own, and those of its nested message where its own lack
--- the name; none that the service sets, and no lists, which no flag can write; and the flags of its output. Beside
--- them, the set of the names that are required.
function flags.fields(command)
    local method = command.method or command
    if not method.request then return command.flags or {}, {} end
    local fields, seen, required = {}, {}, {}
    local function add(message, partial)
        for _, field in ipairs(message.fields) do
            local is_plain = field.kind ~= "message" and field.kind ~= "list"
            if is_plain and field.presence ~= "output" and not seen[field.name] then
                seen[field.name] = true
                fields[#fields + 1] = field
                required[field.name] = field.presence == "required" and not partial
            end
        end
        for _, field in ipairs(message.fields) do
            if field.kind == "message" then
                add(aluno.schema.messages[field.type], field.presence == "partial")
            end
        end
    end
    add(aluno.schema.messages[method.request], false)
    add_output(fields)
    return fields, required
end

--- What a flag's text means to its field. What is no number stays text: the check of the request tells.
function flags.value(field, text)
    if field.kind == "int" and text:match "^[+-]?%d+$" then
        return math.tointeger(tonumber(text)) or text
    elseif field.kind == "bool" and (text == "true" or text == "false") then
        return text == "true"
    end
    return text
end

--- Splits a line at its spaces; "…" and '…' keep theirs -> words | nil, problem
function flags.split(line)
    local words, at = {}, 1
    while true do
        at = line:find("%S", at)
        if not at then return words end
        local word = ""
        while at <= #line and not line:find("^%s", at) do
            local quote = line:match("^[\"']", at)
            local from = quote and at + 1 or at
            local stop = quote and line:find(quote, from, true) or not quote and line:find("[%s\"']", from)
            if quote and not stop then return nil, language.unclosed_quote end
            word = word .. line:sub(from, (stop or #line + 1) - 1)
            at = (stop or #line + 1) + (quote and 1 or 0)
        end
        words[#words + 1] = word
    end
end

--- A word as it is typed: in quotes where flags.split would take it apart.
function flags.quote(word)
    if word ~= "" and not word:find "[%s\"']" then return word end
    return word:find '"' and "'" .. word .. "'" or '"' .. word .. '"'
end

--- A usage's words, "FILE [COLUMN]...": the first ones that must be given, and how many may be.
local function arity(command)
    local required, most = {}, 0
    local usage = command.arguments and command.arguments[language.name] or ""
    for word in usage:gmatch "%S+" do
        if not word:find "^%[" then required[#required + 1] = word:gsub("%.%.%.$", "") end
        most = word:find "%.%.%." and math.huge or most + 1
    end
    return required, most
end

--- Whether a flag was given what its kind asks for.
local function is_of_kind(field, value)
    return field.kind == "text" or field.kind == "int" and math.type(value) == "integer" or type(value) == "boolean"
end

local truths = {["true"] = true, ["false"] = true}

--- Reads the flag at words[at] into `given` -> where the next word is | nil, problem. What a field's kind asks for,
--- the contract judges; a flag of commands/ is judged here.
local function read_flag(command, words, at, given)
    local verb = command.verb[language.name]
    local name, value = words[at]:match "^%-%-([^=]+)=(.*)$"
    name = name or words[at]:sub(3)
    local field = field_of(flags.fields(command), (name:gsub("-", "_")))
    if not field then return nil, language.unknown_flag:format(verb, "--" .. name, verb) end
    if given[field.name] ~= nil then return nil, language.repeated_flag:format("--" .. name) end
    if not value and field.kind == "bool" and not truths[words[at + 1]] then value = "true" end
    if not value then
        at = at + 1
        value = words[at]
        if not value then return nil, language.missing_value:format("--" .. name) end
    end
    given[field.name] = flags.value(field, value)
    if command.flags and not is_of_kind(field, given[field.name]) then
        return nil, language.wrong_kind[field.kind]:format("--" .. name, value)
    end
    return at + 1
end

--- What the words give: fields by their English name, and words of no flag by their place -> table | nil, problem
function flags.parse(command, words)
    local given, at, problem = {}, 1
    local verb = command.verb[language.name]
    local required, most = arity(command)
    while at <= #words do
        if command.passes_on and not words[at]:find "^%-%-." then
            return table.move(words, at, #words, 1, given)
        elseif words[at]:find "^%-%-." then
            at, problem = read_flag(command, words, at, given)
            if problem then return nil, problem end
        elseif #given == most then
            local text = #flags.fields(command) > 0 and most == 0 and language.stray_word or language.stray_words
            return nil, text:format(words[at], verb)
        else
            given[#given + 1] = words[at]
            at = at + 1
        end
    end
    if #given < #required then return nil, language.missing_word:format(verb, required[#given + 1], verb) end
    return given
end

return flags
