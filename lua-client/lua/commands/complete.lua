-- completar: what may stand next on the shell's command line. The shells' scripts of lua-client/completion call it.
local later = require "aluno.later"
local candidates = later "repl.candidates"
local commands = require "client.commands"
local flags = require "client.flags"
local folders = require "client.folders"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local tab = later "repl.tab"
local terminal = require "program.terminal"

local program = flags.declaration

local function wants_value(declaration, word)
    local flag = word and not word:find "=" and options.find(declaration, word)
    return flag and flag.kind ~= "bool"
end

--- Finds in the command, or in the program's flags where their value or none of the command's is wanted -> as candidates.find
local function find_after(command, given, typed)
    local _, own = options.divide(program, given, command)
    local last = given[#given]
    if wants_value(program, last) and not wants_value(command, last) then return candidates.find(program, {last}, typed) end
    local kind, known, other = candidates.find(command, own, typed)
    local is_own = kind ~= "flag" or tab.find(typed, known, other)[1]
    if is_own then return kind, known, other end
    return candidates.find(program, {}, typed)
end

--- The commands of the shell, in a language.
local function verbs(name)
    return lists.map(commands.words(name), function(word) return not word:find "^\\" and word end)
end

--- Finds the candidates for the word `typed` after the words `given` -> the part of it that stays, list of words
local function find(given, typed)
    local own, words = options.divide(program, given)
    local command = words[1] and commands.find(words[1])
    local kind, known, other
    if command then
        kind, known, other = find_after(command, table.move(words, 2, #words, 1, {}), typed)
    elseif words[1] then
        known = terminal.files(typed) -- of a script
    elseif wants_value(program, own[#own]) or typed:find "^%-" then
        kind, known, other = candidates.find(program, own, typed)
    else
        known, other = verbs(language.name), lists.join(verbs(), typed ~= "" and terminal.files(typed) or {})
    end
    local stays = kind == "list" and typed:match "^.*," or ""
    return stays, tab.find(typed:sub(#stays + 1), known or {}, other and known and other or {})
end

--- Divides what was typed -> the words before the last one, of that a part that stays, the rest. A shell may have divided
--- --flag=value into three words.
local function divide(words)
    local given = lists.map(words, function(word) return word ~= "=" and word end)
    local typed = words[#words] ~= "=" and table.remove(given) or ""
    typed = folders.in_full(typed)
    local flag, value = typed:match "^(%-%-[^=]+)=(.*)$"
    if not flag then return given, "", typed end
    return lists.join(given, {flag}), flag .. "=", value
end

--- The help text of a command, or of a flag of the command that the words name.
local function describe(word, given)
    local _, words = options.divide(program, given)
    local command = commands.find(words[1] or word)
    if not word:find "^%-%-" then return not words[1] and command and command.doc[language.name] end
    local flag = command and options.find(command, word) or options.find(program, word)
    return flag and options.about(flag)
end

return {
    verb = {en = "complete", pt = "completar"},
    {name = "words", value = {en = "WORD", pt = "PALAVRA"}, many = true, optional = true},
    doc = {
        en = "prints what may stand next in the shell; after --, the words so far",
        pt = "imprime o que pode vir em seguida no shell; depois de --, as palavras até ali",
    },
    group = "scripts",
    is_without_settings = true,
    run = function(arguments, io)
        local given, begun, typed = divide(arguments.words)
        local stays, found = find(given, typed)
        for _, word in ipairs(found) do
            local description = begun == "" and describe(word, given)
            io.data(begun .. stays .. word .. (description and "\t" .. description or ""))
        end
        return 0
    end,
}
