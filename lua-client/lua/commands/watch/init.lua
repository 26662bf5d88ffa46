-- acompanhar: the changes of students as they happen, each written at once, until Ctrl-C.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local lines = require "commands.watch.lines"
local masked = require "client.masked"
local output = require "client.output"
local pager = require "client.pager"
local request = require "client.request"
local schema = require "client.schema"
local session = require "client.session"
local shell = require "client.shell"
local terminal = require "program.terminal"
local watching = require "aluno.watch"

local text = language.of {
    pt = {
        begins = "Acompanhando as mudanças dos alunos; Ctrl-C termina",
        lost = "Sem conexão; continuo tentando, e nenhuma mudança se perde: %s", back = "Conectado outra vez",
        goes_on = "Para continuar daqui: acompanhar --apos %s%s%s",
        query = " --busca ", show_deleted = " --removidos",
        count = "--quantos é de 1 em diante, não %s",
        max_time = "--tempo-max é de 0.001 a 86400 segundos, não %s",
    },
    en = {
        begins = "Watching the changes of the students; Ctrl-C ends it",
        lost = "Not connected; I go on trying, and no change is lost: %s", back = "Connected again",
        goes_on = "To go on from here: watch --after %s%s%s",
        query = " --query ", show_deleted = " --show-deleted",
        count = "--count is from 1 on, not %s",
        max_time = "--max-time is from 0.001 to 86400 seconds, not %s",
    },
}

local method = schema.method "watch"
local rows = {message = "StudentChange", fields = aluno.schema.messages.StudentChange.fields}
local change_student = {message = "Student", single = true}

--- Writes a line to stdout, or to the file of \o, so that its reader has it at once.
local function write_through(io_of_command)
    return function(line)
        if pager.file then return pager.file:write(line, "\n"):flush() end
        io_of_command.data(line)
        io.stdout:flush()
    end
end

--- The writer of the chosen format -> writer | nil, problem
local function writer_for(choice, write)
    local name = choice.format or output.chosen.format or (terminal.output and "table" or "ndjson")
    local format, problem = output.format(name)
    if not format then return nil, problem end
    if format.name.en == "table" then return lines.open(write) end
    local open
    open, problem = output.plan(rows, choice)
    return open and open(write), problem
end

--- Says where to go on, when the watch ends for whatever reason, to people who saw a change. A token is of one search.
local function say_end(io, asked)
    local last = {}
    function last.close()
        if not last.token or not terminal.output then return end
        local query = asked.query and text.query .. shell.quote(asked.query) or ""
        io.say(text.goes_on:format(last.token, query, asked.show_deleted and text.show_deleted or ""))
    end
    return setmetatable(last, {__close = last.close})
end

--- Says that the connection is lost, and that it is back -> a function to call now and then
local function say_outages(client, io)
    local is_lost = false
    return function()
        local is_ready, err = client:ready(0.001)
        if is_ready and is_lost then io.say(text.back) end
        if not is_ready and not is_lost then io.say(text.lost:format(err.message)) end
        is_lost = not is_ready
    end
end

--- Writes the changes until one of the ends that the arguments name. Raises failures.
local function follow(client, arguments, writer, io)
    local until_time = arguments.max_time and core.host.clock() + arguments.max_time
    local asked = watching.check {
        after = arguments.after, query = arguments.query, wait_ms = arguments.wait_ms,
        show_deleted = arguments.show_deleted or nil,
    }
    local last <close> = say_end(io, asked)
    local left = arguments.count or math.huge
    local loop = table.pack(watching.open(client, asked, nil, until_time, say_outages(client, io)))
    io.say(text.begins)
    for change in table.unpack(loop, 1, loop.n) do
        writer.item(change)
        last.token = change.token
        if terminal.output and change.student then masked.note(change_student, change.student, io.say) end
        left = left - 1
        if left == 0 then break end
    end
    writer.close()
end

--- Checks the ends -> true | nil, problem
local function check_ends(arguments)
    local count, max_time = arguments.count, arguments.max_time
    if count and count < 1 then return nil, text.count:format(count) end
    if max_time and not core.probe.timeout(tostring(max_time)) then return nil, text.max_time:format(max_time) end
    return true
end

local function run(arguments, io)
    request.take_query(arguments)
    local fine, problem = check_ends(arguments)
    if not fine then return nil, problem end
    local writer
    writer, problem = writer_for(output.take(arguments), write_through(io))
    if not writer then return nil, problem end
    local client, err = session.client()
    if not client then return errors.report(err, io.say) end
    local followed, raised = pcall(follow, core.quiet(client), arguments, writer, io)
    if followed then return 0 end
    if not aluno.is_error(raised) or raised.reason == "CALL_CANCELLED" then error(raised, 0) end
    return errors.report(raised, io.say, method)
end

local function field(name, more)
    return setmetatable(more or {}, {__index = schema.field(method.request, name)})
end

return {
    verb = method.verb,
    setmetatable({help = {
        en = "Whom to watch, as in list; all if left out", pt = "Quem acompanhar, como em listar; todos se omitida",
    }}, {__index = request.search_operand}),
    doc = {
        en = "shows the changes of students as they happen",
        pt = "mostra as mudanças dos alunos quando acontecem",
    },
    group = "students",
    flags = {
        field "query",
        field("after", {name_pt = "apos", also = {"depois_de"}}),
        {name = "count", name_pt = "quantos", kind = "int", label = {
            en = "End after so many changes", pt = "Terminar depois de tantas mudanças",
        }},
        {name = "max_time", name_pt = "tempo_max", kind = "number", label = {
            en = "End after so many seconds", pt = "Terminar depois de tantos segundos",
        }},
        field("wait_ms", {label = {
            en = "End when no change comes for so long (ms); 0: show what there is",
            pt = "Terminar se nenhuma mudança vem em tanto tempo (ms); 0: mostrar o que há",
        }}),
        field "show_deleted",
        output.flags[1],
    },
    run = run,
}
