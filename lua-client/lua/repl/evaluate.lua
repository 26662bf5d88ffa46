-- Lines of Lua at the prompt. Their errors are reported in the user's language, with places in the user's own code only.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local input = require "repl.input"
local language = require "client.language"
local outcome = require "client.outcome"
local show = require "aluno.show"
local terminal = require "program.terminal"
local trace = require "client.trace"

local evaluate = {}

local text = language.of {
    pt = {
        syntax = "Isto não é um comando nem Lua: %s (veja: ajuda)",
        near = "%s perto de %s",
        at_end = "%s no fim",
        in_line = "linha %d, %s",
        raised = "Erro em Lua: %s",
        called = "\n  chamado em %1",
        goes_on = "(a linha de Lua continua; Ctrl-C desiste)",
    },
    en = {
        syntax = "This is neither a command nor Lua: %s (see: help)",
        near = "%s near %s",
        at_end = "%s at the end",
        in_line = "line %d, %s",
        raised = "Error in Lua: %s",
        called = "\n  called at %1",
        goes_on = "(the line of Lua goes on; Ctrl-C gives up)",
    },
}

--- Lua's words for what is wrong with the syntax, and ours.
local problems = language.of {
    pt = {
        {"^('.-') expected", "falta %1"},
        {"^<name> expected", "falta um nome"},
        {"^unexpected symbol", "símbolo inesperado"},
        {"^malformed number", "número malformado"},
        {"^unfinished.*", "texto sem o fim"},
        {".*", "erro"},
    },
    en = {{"^<name> expected", "a name expected"}},
}

--- A problem of syntax, "stdin:1: '=' expected near 'x'", in the user's language.
local function syntax_text(problem)
    local number, what, near = problem:match "^.-:(%d+): (.-) near (.*)$"
    if not number then return text.syntax:format((problem:gsub("^.-:%d+: ", ""))) end
    for _, pair in ipairs(problems) do
        local changed, count = what:gsub(pair[1], pair[2], 1)
        if count > 0 then
            what = changed
            break
        end
    end
    local sentence = near == "<eof>" and text.at_end:format(what) or text.near:format(what, near)
    return text.syntax:format(number == "1" and sentence or text.in_line:format(number, sentence))
end

--- Whether an incomplete line is meant to go on: a sentence that merely ends in a comma is not.
local function goes_on(typed)
    return typed:find "[=({%[]" or typed:find "%f[%w]then$" or typed:find "%f[%w]do$" or typed:find "^%s*repeat%s*$"
end

--- The chunk that a line begins, more lines asked for while it is incomplete -> function | nil, problem; nil alone
--- when Ctrl-C gave it up
local function compile(typed)
    local chunk = load("return " .. typed, "=stdin", "t")
    if chunk then return chunk end
    local told = not (terminal.input and terminal.output)
    while true do
        local problem
        chunk, problem = load(typed, "=stdin", "t")
        if chunk or not problem:find "<eof>" or not goes_on(typed) then return chunk, problem end
        if not told then print(text.goes_on) end
        told = true
        local more, why = input.command ">> "
        if why == "interrupt" then return nil end
        if not more then return nil, problem end
        terminal.history_add(more)
        typed = typed .. "\n" .. more
    end
end

-- ---- what is raised ----

--- Patterns of Lua's messages on values of the wrong type, with translations, which take the value's name and type.
local raised_texts = language.of {
    pt = {
        {"attempt to index a (%a+) value", "%s é %s, que não tem campos"},
        {"attempt to call a (%a+) value", "%s é %s, e não uma função"},
        {"attempt to perform arithmetic on a (%a+) value", "conta com %s, que é %s"},
        {"attempt to concatenate a (%a+) value", "texto juntado com %s, que é %s"},
    },
    en = {},
}
local subjects = {
    global = "a variável %s", ["local"] = "a variável %s", upvalue = "a variável %s", field = "o campo %s",
    method = "o método %s", constant = "a constante %s",
}

--- An error that Lua raises in the user's language.
local function translate(message)
    for _, pair in ipairs(raised_texts) do
        local before, kind, after = message:match("^(.-)" .. pair[1] .. "(.*)$")
        if kind then
            local what, name = after:match "^ %((%a+) '(.-)'%)$"
            return before .. pair[2]:format(what and subjects[what] and subjects[what]:format(name) or "um valor", kind)
        end
    end
    return message
end

--- Returns the text that was raised, with its place if that is in the user's own code, and the calls that led there.
local function describe(raised)
    local shown = trace.filter(debug.traceback(tostring(raised), 3))
    local message, first, others = shown:match "^(.-)\nstack traceback:\n\t([^\n]*)(.*)$"
    local calls = first and others:gsub("\n\t(.-:%d+):[^\n]*", text.called) or ""
    return text.raised:format(translate(message or shown)) .. calls
end

--- A handler of what is raised: the errors of calls as they are, anything else with its place.
function evaluate.keep_errors(err)
    return aluno.is_error(err) and err or describe(err)
end

--- Says what was raised, and for Ctrl-C what is known of the change that it gave up -> exit code
function evaluate.report(raised, say)
    local is_error = aluno.is_error(raised)
    if terminal.interrupted() then
        say(language.interrupted)
        if is_error then outcome.report(raised, say) end
        return core.exit.interrupted
    end
    if is_error then return errors.report(raised, say) end
    say(raised)
    return 1
end

--- Runs a line -> exit code
function evaluate.run(typed, say)
    local chunk, problem = compile(typed)
    if not chunk then
        if problem then say(syntax_text(problem)) end
        return problem and 1 or core.exit.interrupted
    end
    local results = table.pack(xpcall(chunk, evaluate.keep_errors))
    if not results[1] then return evaluate.report(results[2], say) end
    if results.n > 1 then say(show.results(table.unpack(results, 2, results.n))) end
    local err = results[2] == nil and results[3]
    return aluno.is_error(err) and errors.exit_code(err) or 0
end

return evaluate
