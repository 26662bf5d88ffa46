-- A method at the REPL: its form or its arguments, then the request, the reply, and what it means to a person.
local core = require "core"
local changes = require "client.changes"
local confirm = require "client.confirm"
local done = require "client.done"
local echo = require "client.echo"
local errors = require "client.errors"
local form = require "repl.form"
local input = require "repl.input"
local language = require "client.language"
local lists = require "aluno.lists"
local masked = require "client.masked"
local more = require "client.more"
local output = require "client.output"
local pager = require "client.pager"
local session = require "client.session"
local terminal = require "program.terminal"
local timing = require "client.timing"
local within = require "client.within"

local dialog = {}

local within_most = 20 -- students

local text = language.of {
    pt = {
        again = "Tentar de novo?",
        given_up = "O formulário foi abandonado: nada foi gravado",
        within = "Nenhuma palavra começa por '%s'; com isso no meio (listar %s): %d",
    },
    en = {
        again = "Try again?",
        given_up = "The form was left: nothing was stored",
        within = "No word begins with '%s'; with that inside (list %s): %d",
    },
}

--- Reports a failure, and asks whether to repeat the call where that may help -> whether to, exit code
local function fail(method, err, io)
    local code = errors.report(err, io.say, method)
    local may_pass = err.reason ~= "OPTION_INVALID" and (errors.is_connection_problem(err) or err.code == "UNAVAILABLE")
    return may_pass and io.interactive and confirm.ask(io, text.again, true), code
end

--- Makes one call and shows it; at a terminal as often as the person asks for, a change with the same request id
--- -> reply | nil, exit code, error
local function exchange(method, request, io)
    local opened, problem = session.client()
    if not opened then return nil, errors.report(problem, io.say, method), problem end
    local request_id
    while true do
        local sent, invalid = echo.sent(method, request, io.data)
        if not sent then
            session.ask(method, request) -- fails in the same way, but observers see the call
            return nil, errors.report(invalid, io.say, method), invalid
        end
        local reply, err, metadata = timing.of(changes.call, method, request, request_id)
        echo.received(method, reply, err, io.data)
        if reply then
            errors.report_warnings(metadata, io.say, method)
            return reply, metadata
        end
        local again, code = fail(method, err, io)
        if not again then return nil, code, err end
        request_id = err.request_id
    end
end

local function write_replies(rows, open, replies)
    local sink <close> = pager.open()
    local writer = open(sink.write)
    for _, reply in ipairs(replies) do
        output.reply(rows, writer, reply)
    end
    writer.close(replies[#replies])
end

--- Shows the first of those who have the words of a search that found nobody within the name.
local function show_within(method, request, io)
    local query = within.query(request.query)
    local reply = query and session.call(method, lists.copy(request, {query = query, page_size = within_most}))
    if not reply or reply.total_size == 0 then return end
    io.say(text.within:format(request.query, query, reply.total_size))
    confirm.show(io, reply.students)
end

--- Writes what people want to know of the replies: on a terminal, or in a format that was asked for.
local function show(method, request, replies, choice, open, rows, io)
    local last = replies[#replies]
    local sentence = terminal.output and not request.validate_only and done.sentence(method, last)
    if sentence then io.say(sentence) end
    masked.note(rows, last, io.say)
    if terminal.output or pager.file or output.is_asked(choice) then write_replies(rows, open, replies) end
    local left = more.keep(method, request, last)
    if left and terminal.output then io.say(left) end
    if io.interactive and request.query and last.total_size == 0 then show_within(method, request, io) end
end

--- Makes the call of those arguments, as often as its pages need, and shows what came -> exit code | nil, problem | nil,
--- nil, error
local function run(method, request, io)
    local choice, rows = output.take(request), output.rows(method, request)
    local open, problem = output.plan(rows, choice)
    if not open then return nil, problem end
    output.order(method, request, choice)
    local replies = {}
    local function call(page) return exchange(method, page, io) end
    for _, reply, code, err in session.pages(call, request) do
        if not reply then return code, nil, err end
        replies[#replies + 1] = reply
    end
    timing.report(io.say)
    show(method, request, replies, choice, open, rows, io)
    return 0
end

--- Runs a method with its arguments -> exit code | nil, problem
function dialog.call(method, request, io)
    local code, problem = run(method, request, io)
    return code, problem
end

--- Runs a method's form -> exit code, whether the input has ended. `typed`: the student that it is about.
function dialog.fill(method, io, typed)
    local filled = form.new(method, io)
    filled:begin()
    local request, why, agreed
    if typed then agreed, why = filled:answer_first(typed) end
    while not typed or agreed do
        request, why = filled:fill()
        if not request then break end
        local code, _, err = run(method, request, io)
        if not (err and io.interactive and filled:reopen(err)) then return code, false end
    end
    input.discard()
    if why == "end" and not io.interactive then
        io.say(language.abandoned)
    elseif why == "end" or why == "interrupt" then
        io.say(text.given_up)
    end
    local ended = why == "end" and not io.interactive
    return ended and core.exit.usage or 0, ended
end

return dialog
