-- A command's arguments, `--nome "Ana Lima" --idade 20`, to the table of its request.
local aluno = require "aluno"
local language = require "aluno.language"

local flags = {}

local function field_of(fields, name)
    for _, field in ipairs(fields) do
        if field.name == name or field.name_pt == name then return field end
    end
end

--- The fields that a request may be given by flags: its own, and those of its nested message where its own lack
--- the name; none that the service sets, and no lists, which no flag can write. Beside them, the set of the names
--- that are required.
function flags.fields(method)
    local fields, seen, required = {}, {}, {}
    local function add(message, partial)
        for _, field in ipairs(message.fields) do
            if field.kind ~= "message" and field.kind ~= "list" and field.presence ~= "output" and not seen[field.name] then
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

--- The request that the words ask for -> table | nil, problem
function flags.parse(method, words)
    local request, at = {}, 1
    local verb = method.verb[language.name]
    local fields = flags.fields(method)
    while at <= #words do
        local name, value = words[at]:match "^%-%-([^=]+)=(.*)$"
        name = name or words[at]:match "^%-%-(.+)$"
        if not name then return nil, language.stray_word:format(words[at], verb) end
        local field = field_of(fields, (name:gsub("-", "_")))
        if not field then return nil, language.unknown_flag:format(verb, "--" .. name, verb) end
        if request[field.name] ~= nil then return nil, language.repeated_flag:format("--" .. name) end
        if not value then
            at = at + 1
            value = words[at] or field.kind == "bool" and "true"
            if not value then return nil, language.missing_value:format("--" .. name) end
        end
        request[field.name] = flags.value(field, value)
        at = at + 1
    end
    return request
end

return flags
