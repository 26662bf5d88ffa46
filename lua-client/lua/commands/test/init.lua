-- testar: runs scripts against a disposable service, each with an empty database or one of made-up students.
local later = require "aluno.later"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local trial = later "commands.test.trial"

local most_students = 1000000

local text = language.of {
    pt = {
        passed = "passou  %s (%.2f s)",
        failed = "falhou  %s (%.2f s): código de saída %d",
        total = "%d de %d scripts passaram",
        no_script = "%s não é um script em Lua: o nome termina em .lua",
        unreadable = "não dá para ler o script %s",
        students = "o número de alunos vai de 0 a %d",
        after = "Aviso: %s está depois do script, e por isso é argumento dele: antes dele, ou depois de --, fica claro",
    },
    en = {
        passed = "passed  %s (%.2f s)",
        failed = "failed  %s (%.2f s): exit code %d",
        total = "%d of %d scripts passed",
        no_script = "%s is no script in Lua: its name ends in .lua",
        unreadable = "the script %s cannot be read",
        students = "the number of students goes from 0 to %d",
        after = "Warning: %s stands after the script, and so is its argument: before it, or after --, it is clear",
    },
}

local function refuse(message)
    return nil, errors.new("FILE_UNUSABLE", message, "")
end

--- Validates the arguments -> true | nil, error
local function check(scripts, students)
    if #scripts == 0 then return refuse(text.no_script:format "?") end
    if students < 0 or students > most_students then return refuse(text.students:format(most_students)) end
    for _, script in ipairs(scripts) do
        local file <close> = io.open(script)
        if not file then return refuse(text.unreadable:format(script)) end
    end
    return true
end

--- Runs one script against a fresh service -> {script =, code =, seconds =} | nil, error
local function run_one(service, script, arguments, students)
    local started, err = service:start()
    if started then started, err = service:seed(students) end
    if not started then return nil, err end
    local begun = core.host.clock()
    local code, failure = service:run(script, arguments)
    if not code then return nil, failure end
    return {script = script, code = code, seconds = core.host.clock() - begun}
end

--- Runs scripts, each against a service of its own, with so many made-up students -> {{script, code, seconds}, …} |
--- nil, error. Options: {arguments = {…}, students = 100, on_result = a function that gets each result as it comes}
local function call(scripts, options)
    scripts = type(scripts) == "string" and {scripts} or scripts
    options = options or {}
    local students = options.students or 0
    local fine, err = check(scripts, students)
    if not fine then return nil, err end
    local service <close>, problem = trial.open()
    if not service then return nil, problem end
    local results = {}
    for i, script in ipairs(scripts) do
        results[i], err = run_one(service, script, options.arguments or {}, students)
        if not results[i] then return nil, err end
        if options.on_result then options.on_result(results[i]) end
    end
    return results
end

--- Warns of a flag of testar's own among the words that the script gets.
local function warn(passed_on, io)
    for _, word in ipairs(passed_on) do
        if word:find "^%-%-alunos%f[^%a]" or word:find "^%-%-students%f[^%a]" then io.say(text.after:format(word)) end
    end
end

--- The words after the verb: scripts, then what each of them gets; `--` divides the two where that is not clear.
local function divide(words)
    local scripts, at = {}, 1
    while words[at] and words[at]:find "%.lua$" do
        scripts[at], at = words[at], at + 1
    end
    local is_clear = words[at] == "--"
    if is_clear then at = at + 1 end
    return scripts, table.move(words, at, #words, 1, {}), is_clear
end

return {
    verb = {en = "test", pt = "testar"},
    {name = "script", value = {en = "FILE.lua", pt = "ARQUIVO.lua"}},
    {name = "more", value = {en = "FILE.lua|ARGUMENT", pt = "ARQUIVO.lua|ARGUMENTO"}, many = true, optional = true},
    doc = {
        en = "runs scripts against a service made for them, with made-up students",
        pt = "executa scripts contra um serviço feito para eles, com alunos inventados",
    },
    group = "scripts",
    flags = {
        {name = "students", name_pt = "alunos", kind = "int", default = 0,
            label = {en = "Made-up students to begin with", pt = "Alunos inventados para começar"}},
    },
    passes_on = true,
    call = call,
    run = function(arguments, io)
        local scripts, passed_on, is_clear = divide {arguments.script, table.unpack(arguments.more)}
        if #scripts == 0 then return nil, text.no_script:format(arguments.script) end
        if not is_clear then warn(passed_on, io) end
        local passed, code = 0, 0
        local results, err = call(scripts, {
            arguments = passed_on,
            students = arguments.students,
            on_result = function(result)
                local line = result.code == 0 and text.passed or text.failed
                io.say(line:format(result.script, result.seconds, result.code))
                if result.code == 0 then passed = passed + 1 end
                if code == 0 then code = result.code end
            end,
        })
        if not results then return errors.report(err, io.say) end
        if #results > 1 then io.say(text.total:format(passed, #results)) end
        return code
    end,
}
