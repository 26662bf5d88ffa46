-- aluno.args: what a script takes on its command line, declared once: parsed, checked and explained.
--
--   local args = aluno.args {
--       doc = "Imports students from a CSV file",
--       {name = "file", help = "the CSV file"},                              -- in their order
--       {name = "more", help = "further files", many = true, optional = true},
--       flags = {
--           {name = "dry-run", kind = "bool", help = "store nothing"},
--           {name = "limit", kind = "int", default = 100, help = "rows at most"},
--       },
--   }
--   args.file, args.dry_run, args.limit
--
-- Kinds are text (by itself), int, number and bool. A flag is written --limit 5 or --limit=5, a bool alone; `--` ends
-- the flags. A flag that is `required` must be there; a place that is `optional` need not. What is left out is its
-- `default`, a bool false, a place of `many` an empty list. --help explains all and ends the script with 0; words
-- that do not fit are told on stderr and end it with 2. A declaration that is itself wrong raises.
local core = require "core"

local stderr, stdout, exit = io.stderr, io.stdout, os.exit

local args = {}

local words = ({
    pt = {
        usage = "uso: %s",
        unknown = "não há a opção %s",
        repeated = "%s aparece mais de uma vez",
        wants = "%s pede um valor",
        takes_none = "%s não leva valor",
        kind = {int = "%s pede um número inteiro, não '%s'", number = "%s pede um número, não '%s'"},
        missing = "falta %s",
        extra = "'%s' está sobrando",
        help = "mostra esta ajuda",
        default = " (%s se omitido)",
        required = " (obrigatório)",
    },
    en = {
        usage = "usage: %s",
        unknown = "there is no option %s",
        repeated = "%s appears more than once",
        wants = "%s wants a value",
        takes_none = "%s takes no value",
        kind = {int = "%s wants a whole number, not '%s'", number = "%s wants a number, not '%s'"},
        missing = "%s is missing",
        extra = "'%s' is one too many",
        help = "shows this help",
        default = " (%s if left out)",
        required = " (required)",
    },
})[core.language]

local kinds = {text = true, int = true, number = true, bool = true}

--- The key that a name has in the table of what was given: "dry-run" is dry_run.
local function key_of(declared)
    return (declared.name:gsub("-", "_"))
end

local function check_declared(declared, seen)
    if type(declared.name) ~= "string" or not declared.name:find "^%a[%w_-]*$" then
        error("an argument's name must be a word, not " .. tostring(declared.name), 0)
    end
    if not kinds[declared.kind or "text"] then
        error(("there is no kind '%s' (of '%s')"):format(tostring(declared.kind), declared.name), 0)
    end
    if seen[key_of(declared)] then error(("'%s' is declared twice"):format(declared.name), 0) end
    seen[key_of(declared)] = true
end

local function check_declaration(declaration)
    local seen = {help = true}
    for _, declared in ipairs(declaration.flags or {}) do
        check_declared(declared, seen)
    end
    for i, declared in ipairs(declaration) do
        check_declared(declared, seen)
        if declared.many and declaration[i + 1] then
            error(("'%s' takes all that is left: it must be the last"):format(declared.name), 0)
        end
    end
end

--- The word as a value of its kind -> value | nil, problem
local function value_of(declared, shown, word)
    local kind = declared.kind or "text"
    if kind == "text" then return word end
    local value = tonumber(word)
    if kind == "int" then value = value and math.tointeger(value) end
    if value then return value end
    return nil, words.kind[kind]:format(shown, word)
end

local function find_flag(declaration, name)
    for _, declared in ipairs(declaration.flags or {}) do
        if key_of(declared) == (name:gsub("-", "_")) then return declared end
    end
end

--- Takes the flag at given[at] -> the index after it | nil, problem
local function take_flag(declaration, given, at, values)
    local name, value = given[at]:match "^%-%-([^=]+)=?(.*)$"
    local has_value = given[at]:find("=", 1, true) ~= nil
    local declared = find_flag(declaration, name)
    local shown = "--" .. name
    if not declared then return nil, words.unknown:format(shown) end
    if values[key_of(declared)] ~= nil then return nil, words.repeated:format(shown) end
    local problem
    if declared.kind == "bool" then
        if has_value then return nil, words.takes_none:format(shown) end
        value = true
    else
        if not has_value then
            at = at + 1
            value = given[at]
            if not value then return nil, words.wants:format(shown) end
        end
        value, problem = value_of(declared, shown, value)
        if value == nil then return nil, problem end
    end
    values[key_of(declared)] = value
    return at + 1
end

--- Splits what was given into flags, whose values it takes, and the other words -> words | nil, problem
local function take_flags(declaration, given, values)
    local places, at = {}, 1
    while given[at] do
        if given[at] == "--" then
            return table.move(given, at + 1, #given, #places + 1, places)
        elseif given[at]:find "^%-%-" then
            local after, problem = take_flag(declaration, given, at, values)
            if not after then return nil, problem end
            at = after
        else
            places[#places + 1] = given[at]
            at = at + 1
        end
    end
    return places
end

--- Gives the words to the places -> true | nil, problem
local function take_places(declaration, places, values)
    local at = 1
    for _, declared in ipairs(declaration) do
        local list = {}
        while places[at] and (declared.many or #list == 0) do
            local value, problem = value_of(declared, declared.name, places[at])
            if value == nil then return nil, problem end
            list[#list + 1], at = value, at + 1
        end
        if #list == 0 and not declared.optional and declared.default == nil then
            return nil, words.missing:format(declared.name:upper())
        end
        if declared.many then
            values[key_of(declared)] = list
        else
            values[key_of(declared)] = list[1]
        end
    end
    if places[at] then return nil, words.extra:format(places[at]) end
    return true
end

local function set_default(declared, values)
    local key = key_of(declared)
    if values[key] ~= nil then return end
    values[key] = declared.default
    if values[key] == nil and declared.kind == "bool" then values[key] = false end
end

--- args.parse(declaration, words) -> values | nil, problem
function args.parse(declaration, given)
    local fine, wrong = pcall(check_declaration, declaration)
    if not fine then error(wrong, 3) end
    local values = {}
    local places, problem = take_flags(declaration, given, values)
    if not places then return nil, problem end
    fine, problem = take_places(declaration, places, values)
    if not fine then return nil, problem end
    for _, declared in ipairs(declaration.flags or {}) do
        if declared.required and values[key_of(declared)] == nil then
            return nil, words.missing:format("--" .. declared.name)
        end
        set_default(declared, values)
    end
    for _, declared in ipairs(declaration) do
        set_default(declared, values)
    end
    return values
end

local function place_text(declared)
    local text = declared.name:upper() .. (declared.many and "..." or "")
    return (declared.optional or declared.default ~= nil) and "[" .. text .. "]" or text
end

local function about(declared)
    local text = declared.help or ""
    if declared.required then text = text .. words.required end
    if declared.default ~= nil then text = text .. words.default:format(tostring(declared.default)) end
    return text
end

--- args.usage(declaration, the script's name) -> text
function args.usage(declaration, script)
    local line, rows = {script}, {}
    if #(declaration.flags or {}) > 0 then line[2] = "[--…]" end
    for _, declared in ipairs(declaration) do
        line[#line + 1] = place_text(declared)
        rows[#rows + 1] = {declared.name:upper(), about(declared)}
    end
    for _, declared in ipairs(declaration.flags or {}) do
        local value = declared.kind ~= "bool" and " " .. (declared.kind or "text"):upper() or ""
        rows[#rows + 1] = {"--" .. declared.name .. value, about(declared)}
    end
    rows[#rows + 1] = {"--help", words.help}
    local lines = {words.usage:format(table.concat(line, " "))}
    if declaration.doc then table.insert(lines, 1, declaration.doc) end
    for _, row in ipairs(rows) do
        lines[#lines + 1] = ("  %-20s %s"):format(row[1], row[2])
    end
    return table.concat(lines, "\n") .. "\n"
end

--- args.read(declaration) -> values, which is aluno.args: those of the global `arg`; or the script ends.
function args.read(declaration)
    local given = arg or {}
    local script = (given[0] or "?"):match "[^/]*$"
    for _, word in ipairs(given) do
        if word == "--" then break end
        if word == "--help" or word == "--ajuda" then
            stdout:write(args.usage(declaration, script))
            exit(0, true)
        end
    end
    local values, problem = args.parse(declaration, given)
    if values then return values end
    stderr:write(script, ": ", problem, "\n", args.usage(declaration, script))
    exit(2, true)
end

return args
