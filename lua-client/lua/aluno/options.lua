-- The options engine: from one declaration it derives the parsing, the usage and the help of a command line: of
-- commands, of scripts (aluno.args) and of the program itself.
--
--   {
--       name = "criar", doc = "…",
--       {name = "file", …},              -- operands, in their order
--       flags = {{name = "dry-run", …}},
--       lenient = true,                  -- missing or wrong values are left to the contract's validation
--       passes_on = true,                -- flags end at the first operand
--       repeats = true,                  -- a flag may be given again: the last value wins
--   }
--
-- Operands and flags have
--
--   name, name_pt   names on the command line, - or _ and accents as one likes; `name`, with _, is the key of the value
--   also            further names of a flag
--   kind            text (by default), int, number or bool
--   value           the metavariable
--   help            or, of a field of the contract, `label` and `rule_text`
--   required        of a flag: it must be given; key: exactly one of the flags marked so must be given
--   either, expected   of a flag: help shows it as needed, at least one of those, or if the service says so; who is called
--                   checks
--   optional, many  of an operand: it may be omitted; it takes all remaining words. many, of a flag: it may be given
--                   again, and the value is a list
--   default         the value if omitted; a bool's is false
--
-- Texts are strings, or tables by language. A flag is written --limit 5 or --limit=5; a bool alone, or with true or false.
-- `--` ends the flags.
local core = require "core"
local lists = require "aluno.lists"
local nearest = require "aluno.nearest"

local options = {}

local language = core.language

local texts = {
    unknown = {pt = "não há a opção %s", en = "there is no option %s"},
    repeated = {pt = "%s aparece mais de uma vez", en = "%s appears more than once"},
    no_value = {pt = "%s pede um valor", en = "%s wants a value"},
    not_int = {pt = "%s pede um número inteiro, não '%s'", en = "%s wants a whole number, not '%s'"},
    not_number = {pt = "%s pede um número, não '%s'", en = "%s wants a number, not '%s'"},
    not_bool = {pt = "%s é true ou false, não '%s'", en = "%s is true or false, not '%s'"},
    missing = {pt = "falta %s", en = "%s is missing"},
    extra = {pt = "'%s' está sobrando", en = "'%s' is one too many"},
    text = {pt = "TEXTO", en = "TEXT"},
    int = {pt = "NÚMERO", en = "NUMBER"},
    number = {pt = "NÚMERO", en = "NUMBER"},
    usage = {pt = "uso: ", en = "usage: "},
    required = {pt = " (obrigatório)", en = " (required)"},
    key = {pt = " (um destes)", en = " (one of these)"},
    expected = {pt = " (se o serviço o exige)", en = " (if the service requires it)"},
    default = {pt = " (%s se omitido)", en = " (%s if left out)"},
    also = {pt = " (ou %s)", en = " (or %s)"},
}
for name, both in pairs(texts) do
    texts[name] = both[language]
end

local column = 26 -- of the help: the flags' width

local function in_words(text)
    return type(text) == "table" and text[language] or text
end

--- Returns the key of a name among the values: "dry-run" is dry_run.
function options.key(declared)
    return (declared.name:gsub("-", "_"))
end

--- Normalises a word: folds its case and accents, and makes - of _.
function options.plain(word)
    local folded = not word:find "\0" and core.fold(word) or word
    return (folded:gsub("-", "_"))
end

--- A flag as it is typed: "--apenas-validar"; in the user's language, or another.
function options.written(flag, in_language)
    local name = (in_language or language) == "pt" and flag.name_pt or flag.name
    return "--" .. name:gsub("_", "-")
end

--- The flag that a word such as "--nome" or "--nome=Ana" names; nil for none.
function options.find(declaration, word)
    local given = word:match "^%-%-([^=]+)"
    given = given and options.plain(given)
    for _, flag in ipairs(declaration.flags or {}) do
        for _, name in ipairs(lists.join({flag.name, flag.name_pt or flag.name}, flag.also or {})) do
            if options.plain(name) == given then return flag end
        end
    end
end

-- ---- parsing ----

--- The names of flags in a language, without their dashes.
local function names_in(flags, in_language)
    return lists.map(flags, function(flag) return options.written(flag, in_language):sub(3) end)
end

--- Returns the sentence that refuses a flag, with suggestions from the list.
function options.unknown(shown, flags)
    local word, other = options.plain(shown:sub(3)):gsub("_", "-"), language == "pt" and "en" or "pt"
    local suggestion = nearest.suggestion(word, names_in(flags, language), "--")
    if suggestion == "" then suggestion = nearest.suggestion(word, names_in(flags, other), "--") end
    return texts.unknown:format(shown) .. suggestion
end

--- The sentence that refuses a flag without its value.
function options.no_value(shown)
    return texts.no_value:format(shown)
end

local truths = {["true"] = true, ["false"] = false}

--- Returns a word as a value of the kind; nil if it is invalid.
local function convert(kind, word)
    if kind == "bool" then return truths[word] end
    if kind == "number" then return tonumber(word) end
    if kind == "int" then return not word:find "\0" and core.whole(word) or nil end
    return word
end

--- The word as a value -> value | nil, problem
local function value_of(declaration, declared, shown, word)
    local kind = declared.kind or "text"
    local value = convert(kind, word)
    if value == nil and declaration.lenient then return word end
    if value == nil then return nil, texts["not_" .. kind]:format(shown, word) end
    return value
end

--- Stores the flag at words[at] in the values -> the index after it | nil, problem
local function take_flag(declaration, words, at, values)
    local shown, word = words[at]:match "^[^=]*", words[at]:match "=(.*)$"
    local flag = options.find(declaration, shown)
    if not flag then return nil, options.unknown(shown, declaration.flags or {}) end
    local key = options.key(flag)
    local former = values[key]
    if former ~= nil and not (declaration.repeats or flag.many) then return nil, texts.repeated:format(shown) end
    if not word and flag.kind == "bool" and truths[words[at + 1]] == nil then
        word = "true"
    elseif not word then
        at = at + 1
        word = words[at]
        if not word then return nil, texts.no_value:format(shown) end
    end
    local problem
    values[key], problem = value_of(declaration, flag, shown, word)
    if problem then return nil, problem end
    if flag.many then values[key] = lists.join(former or {}, {values[key]}) end
    return at + 1
end

--- Stores the flags' values, up to the end of flags -> the other words | nil, problem
local function take_flags(declaration, words, values)
    local operands, at = {}, 1
    while words[at] and words[at] ~= "--" and (words[at]:find "^%-%-" or not declaration.passes_on) do
        if words[at]:find "^%-%-" then
            local after, problem = take_flag(declaration, words, at, values)
            if not after then return nil, problem end
            at = after
        else
            operands[#operands + 1], at = words[at], at + 1
        end
    end
    return table.move(words, words[at] == "--" and at + 1 or at, #words, #operands + 1, operands)
end

--- Divides words into those of this declaration's flags and the others. With `command`, a declaration whose own flags
--- win, its flags stand among that one's words; without it they end at the first word that is none. -> words, words
function options.divide(declaration, words, command)
    local own, others, at = {}, {}, 1
    while words[at] and words[at] ~= "--" do
        local word = words[at]
        local is_flag = word:find "^%-%-"
        if not is_flag and (not command or command.passes_on) then break end
        local of_command = command and is_flag and options.find(command, word)
        local flag = is_flag and (of_command or options.find(declaration, word))
        local wants_value = flag and not word:find "=" and (flag.kind ~= "bool" or truths[words[at + 1]] ~= nil)
        local last = wants_value and words[at + 1] and at + 1 or at
        local into = command and (of_command or not flag) and others or own
        table.move(words, at, last, #into + 1, into)
        at = last + 1
    end
    return own, table.move(words, at, #words, #others + 1, others)
end

--- The metavariable of an operand or a flag.
local function value_name(declared, otherwise)
    return in_words(declared.value) or otherwise
end

local function operand_name(declared)
    return value_name(declared, declared.name:upper())
end

--- Assigns the words to the operands -> nil | problem
local function take_operands(declaration, words, values)
    local at = 1
    for _, declared in ipairs(declaration) do
        local list = {}
        while words[at] and (declared.many or #list == 0) do
            local value, problem = value_of(declaration, declared, value_name(declared, declared.name), words[at])
            if problem then return problem end
            list[#list + 1], at = value, at + 1
        end
        if #list == 0 and not declared.optional and declared.default == nil then
            return texts.missing:format(operand_name(declared))
        end
        values[options.key(declared)] = declared.many and list or list[1]
    end
    return words[at] and texts.extra:format(words[at]) or nil
end

--- Sets the defaults -> nil | problem
local function complete(declaration, values)
    local flags = declaration.flags or {}
    for _, flag in ipairs(flags) do
        if flag.required and values[options.key(flag)] == nil then
            return texts.missing:format(options.written(flag))
        end
    end
    for _, declared in ipairs(lists.join(flags, declaration)) do
        local key = options.key(declared)
        if values[key] == nil then values[key] = declared.default end
        if values[key] == nil and declared.kind == "bool" then values[key] = false end
    end
end

--- options.parse(declaration, words) -> values | nil, problem
function options.parse(declaration, words)
    local values = {}
    local operands, problem = take_flags(declaration, words, values)
    if not operands then return nil, problem end
    problem = take_operands(declaration, operands, values)
    if not problem and not declaration.lenient then problem = complete(declaration, values) end
    if problem then return nil, problem end
    return values
end

-- ---- help ----

--- "--nome TEXTO"
local function flag_text(flag)
    local value = value_name(flag, texts[flag.kind or "text"])
    return options.written(flag) .. (value and " " .. value or "")
end

local function operand_text(declared)
    local text = operand_name(declared) .. (declared.many and "..." or "")
    return (declared.optional or declared.default ~= nil) and "[" .. text .. "]" or text
end

--- Returns its help: "Nome do aluno: de 1 a 120 caracteres …".
function options.about(declared)
    local text = in_words(declared.help or declared.label) or ""
    if declared.rule and declared.rule ~= "any" then text = text .. ": " .. in_words(declared.rule_text) end
    return text
end

--- Returns the needed flags, and the others.
local function divide(flags)
    local needed, others = {}, {}
    for _, flag in ipairs(flags or {}) do
        local is_needed = flag.required or flag.key or flag.either or flag.expected
        table.insert(is_needed and needed or others, flag)
    end
    return needed, others
end

--- The needed flags, alternatives together: "(--id NÚMERO | --cpf TEXTO)".
local function needed_texts(needed)
    local groups, texts_of = {}, {}
    for _, flag in ipairs(needed) do
        local kind = flag.key and "key" or flag.either and "either" or flag
        if not groups[kind] then
            groups[kind] = {}
            texts_of[#texts_of + 1] = groups[kind]
        end
        table.insert(groups[kind], flag_text(flag))
    end
    return lists.map(texts_of, function(group)
        return #group > 1 and "(" .. table.concat(group, " | ") .. ")" or group[1]
    end)
end

--- "deletar (--id NÚMERO | --cpf TEXTO) [--etag TEXTO] [--apenas-validar]"
function options.usage(declaration)
    local line, operands = {declaration.name}, lists.map(declaration, operand_text)
    if not declaration.passes_on then line = lists.join(line, operands) end
    local needed, others = divide(declaration.flags)
    line = lists.join(line, needed_texts(needed))
    line = lists.join(line, lists.map(others, function(flag) return "[" .. flag_text(flag) .. "]" end))
    return table.concat(declaration.passes_on and lists.join(line, operands) or line, " ")
end

--- "--nome TEXTO  Nome do aluno: …"
function options.flag_line(flag)
    return flag_text(flag) .. "  " .. options.about(flag)
end

--- A line of the help: columns of which the first is padded.
function options.row(first, text)
    return ("  %s%s %s"):format(first, (" "):rep(column - (utf8.len(first) or #first)), text):gsub(" +$", "")
end

local function mark(declared)
    if declared.key or declared.either then return texts.key end
    if declared.expected then return texts.expected end
    if declared.required then return texts.required end
    return declared.default ~= nil and texts.default:format(tostring(declared.default)) or ""
end

--- " (ou --validar, --validate)": the flag's further names.
local function mark_also(flag)
    local names = lists.map(flag.also or {}, function(name) return "--" .. name:gsub("_", "-") end)
    return #names > 0 and texts.also:format(table.concat(names, ", ")) or ""
end

--- Every line about the declaration.
function options.help(declaration)
    local doc = in_words(declaration.doc)
    local lines = {doc and declaration.name .. ": " .. doc or declaration.name, "  " .. texts.usage .. options.usage(declaration)}
    for _, declared in ipairs(declaration) do
        local text = options.about(declared) .. mark(declared)
        if text ~= "" then lines[#lines + 1] = options.row(operand_name(declared), text) end
    end
    local needed, others = divide(declaration.flags)
    for _, flag in ipairs(lists.join(needed, others)) do
        lines[#lines + 1] = options.row(flag_text(flag), options.about(flag) .. mark(flag) .. mark_also(flag))
    end
    return lines
end

return options
