-- Lines for commands and forms. Pasted lines after the first fill the next answers, or are run one by one, if the user agrees.
local confirm = require "client.confirm"
local console = require "client.console"
local language = require "client.language"
local terminal = require "program.terminal"

local input = {}

local text = language.of {
    pt = {
        answers = "Foram colados mais %d valores. Usá-los nas próximas perguntas?",
        lines = "Foram coladas %d linhas. Executar uma a uma?",
    },
    en = {
        answers = "%d more values were pasted. Use them for the next questions?",
        lines = "%d lines were pasted. Run them one by one?",
    },
}

local pasted = {}

--- Discards what was pasted and not used yet.
function input.discard()
    pasted = {}
end

local function split(lines)
    local list = {}
    for line in (lines .. "\n"):gmatch "(.-)\n" do
        list[#list + 1] = line
    end
    return list
end

local function take(prompt)
    local line = table.remove(pasted, 1)
    if line then console.write(prompt .. line) end
    return line
end

local function read_fresh(prompt)
    local line, why = terminal.read(prompt)
    return line, not line and why or nil
end

--- Asks about the lines that were pasted after the first one -> whether to use them
local function accept(rest, is_command)
    local list = split(rest)
    local question = is_command and text.lines:format(#list + 1) or text.answers:format(#list)
    local agreed = confirm.ask({read = read_fresh, say = console.write}, question, not is_command)
    if agreed then pasted = list end
    return agreed
end

--- Reads a command -> line | nil, "end" | nil, "interrupt". Pasted lines that are not to be run are an empty one.
function input.command(prompt)
    local line = take(prompt)
    if line then return line end
    local rest
    line, rest = terminal.read(prompt, true)
    if line and rest and not accept(rest, true) then return "" end
    return line, not line and rest or nil
end

--- Reads an answer; `fresh`: typed now, whatever was pasted.
function input.answer(prompt, fresh)
    local line = not fresh and take(prompt)
    if line then return line end
    local rest
    line, rest = terminal.read(prompt)
    if line and rest then accept(rest, false) end
    return line, not line and rest or nil
end

return input
