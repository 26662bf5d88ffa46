-- `aluno diagnostico`: shows the layers between this client and the service, the first that fails, and the commands that
-- fix it.
local later = require "aluno.later"
local diagnosis = later "commands.diagnose.layers"
local grid = require "client.grid"
local errors = require "client.errors"
local lists = require "aluno.lists"
local of = require "client.language".of
local output = require "client.output"

local layers = of {
    pt = {settings = "configuração", ca = "CA", certificate = "certificado", revocations = "revogação",
        address = "endereço", dns = "DNS", tcp = "TCP", tls = "TLS", service = "serviço", clock = "relógio",
        schema = "contrato"},
    en = {settings = "settings", ca = "CA", certificate = "certificate", revocations = "revocations",
        address = "address", dns = "DNS", tcp = "TCP", tls = "TLS", service = "service", clock = "clock",
        schema = "contract"},
}
local states = of {pt = {ok = "ok", warning = "aviso", failed = "FALHA", unchecked = "não verificado"},
    en = {ok = "ok", warning = "warning", failed = "FAILED", unchecked = "not checked"}}
local where = of {pt = {here = "aqui", ca = "na CA", service = "no serviço"},
    en = {here = "here", ca = "at the CA", service = "at the service"}}

local function write(result, io)
    local layer, state = grid.pad(layers[result.layer], 12), grid.pad(states[result.state], 7)
    io.data(("%s %s %s"):format(layer, state, result.found or ""):gsub(" +$", ""))
    local remedy, indent = result.remedy, (" "):rep(13)
    if not remedy then return end
    local ending = #remedy.steps > 0 and ":" or "."
    if remedy.text ~= "" then io.data(indent .. remedy.text:gsub("^%l", string.upper) .. ending) end
    for _, step in ipairs(remedy.steps) do
        local note = step.note and "   # " .. step.note or ""
        io.data(("%s  %s %s%s"):format(indent, grid.pad(where[step.where] .. ":", 11), step.command, note))
    end
end

-- ---- as data ----

--- Rows of output.lua, one per layer. The state is ok, warning, failed or unchecked.
local rows = {
    fields = output.row_fields("server=servidor layer=camada state=estado found=achado reason=razao remedy=o_que_fazer " ..
        "commands=comandos"),
}

local function row_of(result)
    if not result.remedy then return result end
    local lines = lists.map(result.remedy.steps, function(step) return step.where .. ": " .. step.command end)
    local commands = lines[1] and table.concat(lines, "\n")
    return lists.copy(result, {remedy = result.remedy.text, commands = commands})
end

-- ---- the command ----

local function run(arguments, io)
    local is_data = output.is_asked(arguments)
    if is_data then
        local plan, problem = output.plan(rows, arguments)
        if not plan then return nil, problem end -- before the service is asked
    end
    local results, failed = diagnosis.run()
    if is_data then
        output.show(rows, lists.map(results, row_of), arguments)
    else
        for _, result in ipairs(results) do
            write(result, io)
        end
    end
    return failed and errors.exit_code(failed) or 0
end

return {
    verb = {en = "diagnose", pt = "diagnostico"},
    doc = {
        en = "says which layer of the connection fails, and what to do",
        pt = "diz que camada da conexão falha e o que fazer",
    },
    group = "service",
    flags = output.flags,
    call = function() return diagnosis.run() end,
    run = run,
}
