-- Classifies a line at the prompt: a command, Lua, or neither. A line that is neither is refused with a sentence that suggests
-- the likely command.
local commands = require "client.commands"
local language = require "client.language"
local lists = require "aluno.lists"

local line = {}

local text = language.of {
    pt = {
        word = "%s não é um comando%s (veja: ajuda)",
        number = "Um número sozinho não é um comando; talvez: obter %s",
        date = "Uma data sozinha não é um comando (veja: ajuda)",
        address = "%s não é um comando; talvez: listar %s",
        in_lua = "%s é um comando: escreva %s VALOR, ou veja: ajuda %s",
        pipe = "Depois de um comando não há '%s'. Para procurar: listar PALAVRA; para gravar em um arquivo: \\o ARQUIVO",
    },
    en = {
        word = "%s is not a command%s (see: help)",
        number = "A number alone is not a command; perhaps: get %s",
        date = "A date alone is not a command (see: help)",
        address = "%s is not a command; perhaps: list %s",
        in_lua = "%s is a command: write %s VALUE, or see: help %s",
        pipe = "After a command there is no '%s'. To search: list WORD; to write to a file: \\o FILE",
    },
}

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until " ..
    "while"):gmatch "%a+" do
    keywords[word] = true
end

--- Returns a line's command and the rest of it; nil when it is Lua: `list = {}` and `list(…)` are, and what a variable
--- is named after.
function line.command(typed)
    local word, space, rest = typed:match "^%s*(\\?[%a_\128-\255]+)(%s*)(.-)%s*$"
    local command = word and commands.find(word)
    if not command or _G[word] ~= nil then return nil end
    local is_word = rest == "" or rest:find(space == "" and "^[%-\"']" or "^[%w%-\"'/.~#@|<>*\\\128-\255]")
    if is_word then return command, rest end
end

--- Returns the line without what people add to a command: `aluno` before it; `;`, `.` and `()` behind it. A question mark
--- asks for help.
function line.plain(typed)
    local plain = typed:match "^%s*(.-)%s*$"
    local rest = plain:match "^[Aa][Ll][Uu][Nn][Oo]%s+([^=%s].*)$"
    if plain:lower() == "aluno" then rest = "?" end
    plain = rest or plain
    local topic = plain:match "^\\?%?+%s*(.*)$"
    if topic then return commands.find("help").name .. (topic ~= "" and " " or "") .. topic end
    local bare = plain:gsub("[;.!]+$", ""):gsub("%s*%(%s*%)$", "")
    return line.command(bare) and bare or plain
end

local ages = {idade = true, age = true} -- in a search: listar idade > 14

--- Returns what is wrong with the words after a command, which another program would take | nil
function line.foreign(words)
    for i, word in ipairs(words) do
        local compares = word == ">" and ages[words[i - 1]]
        if (word == "|" or word == ">") and not compares then return text.pipe:format(word) end
    end
end

--- The names in a line that have no value: the words of a sentence. A line that assigns, calls or quotes is Lua, as far as
--- its first name has a value.
local function unknown_name(typed)
    local first, after = typed:match "^([%a_\128-\255][%w_\128-\255]*)%s*(.*)$"
    local assigns = after and (after .. " "):find "^[%w_,%s]*=[^=]"
    if first and not keywords[first] and _G[first] == nil and not assigns then return first end
    if typed:find "[=({\"']" then return nil end
    for before, name in (" " .. typed):gmatch "([^%w_\128-\255])([%a_\128-\255][%w_\128-\255]*)" do
        local is_member = before == "." or before == ":"
        if not is_member and not keywords[name] and _G[name] == nil then return name end
    end
end

local function is_number(typed)
    local digits = select(2, typed:gsub("%d", ""))
    return typed:find "^%d+$" or digits >= 8 and typed:find "^[%d%s.-]+$"
end

--- Returns the sentence that refuses a line which is no command | nil when it may be Lua
function line.refusal(typed)
    typed = typed:match "^%s*(.-)%s*$"
    local setting = typed:match "^\\%S*"
    if setting then return text.word:format(setting, commands.suggestion(setting)) end
    if is_number(typed) then return text.number:format(typed) end
    if typed:find "^%d+([/.-])%d+%1%d+$" then return text.date end
    local address = typed:match "^%S+@%S+$"
    if address then return text.address:format(address, address) end
    local name = unknown_name(typed)
    if not name then return nil end
    local command = commands.find(name)
    if command then return text.in_lua:format(name, command.name, command.name) end
    local word = typed:sub(1, #name) == name and typed:match "^[^%s,;:.()]+" or name
    return text.word:format(word, commands.suggestion(name))
end

--- The keywords of Lua.
line.keywords = lists.keys(keywords)

return line
