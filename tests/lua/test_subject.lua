-- aluno titular, without a service: pages of ExportSubject, the sheet, erasure at a terminal.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local completes = check.inside "client.request"
local erase = check.inside "commands.subject.erase"
local form = check.inside "repl.form"
local held = check.inside "commands.subject.held"
local schema = check.inside "client.schema"
local session = check.inside "client.session"
local sheet = check.inside "commands.subject.sheet"

-- ---- pages ----

local replies = {
    {
        students = {{id = 7, name = "Ana"}}, former_values = {}, changes = {}, truncated = false, old_copies = {},
        events = {{sequence = 1}}, next_page_token = "t",
    },
    {students = {{id = 7, name = "Ana"}}, events = {{sequence = 2}}},
}
local tokens = {}
local found = held.join(function(request)
    tokens[#tokens + 1] = request.page_token or "first"
    return table.remove(replies, 1)
end, {br_document = "11144477735"})
check.same("each page is asked for", tokens, {"first", "t"})
check.same("the events of all pages", found.events, {{sequence = 1}, {sequence = 2}})
check.same("the students once", found.students, {{id = 7, name = "Ana"}})
check.same("an error ends it", {held.join(function() return nil, "no" end, {})}, {nil, "no"})
check.same("without an audit", held.join(function() return {students = {}} end, {}).events, nil)

-- ---- the sheet ----

local function holds(title, text, wanted, is_there)
    check.same(title, text:find(wanted, 1, true) ~= nil, is_there ~= false)
end

local person = {
    students = {{id = 7, name = "Ana <script>", age = 9, br_document = "111.444.777-35", create_time = 0, update_time = 0}},
    former_values = {{student_id = 7, name = "Anna & Co", age = 8, change_time = 0}}, changes = {}, old_copies = {},
    events = {{time = 0, caller_name = "leo", method = "aluno.v1.StudentService/GetStudent", code = "OK"}},
    truncated = true,
}
local html = sheet.html(person)
holds("names are escaped", html, "Ana &lt;script&gt;")
holds("former names, too", html, "Anna &amp; Co")
holds("no script", html, "<script", false)
holds("methods without their service", html, ">GetStudent<")
holds("the CPF whole", html, "111.444.777-35")
holds("what does not fit is told", html, "Há mais nomes antigos ou mudanças")
holds("a column that nothing has is left out", html, "Finalidade", false)

local lines = table.concat(sheet.lines(person), "\n")
holds("as text", lines, "Ana <script>")
holds("with the number of events", lines, "Quem acessou, e quando (1)")
person.events = nil
holds("without an audit, so it says", table.concat(sheet.lines(person), "\n"), "O serviço não tem auditoria.")

-- ---- erasing at a terminal ----

local sent
local plan = {
    students = {{id = 7, name = "Ana"}}, positions = 0, operations = 1, confirmation = "1-2", confirmation_expire_time = 0,
}
function session.ask(_, request)
    if request.validate_only then return plan end
    sent = request
    return {students = {{id = 7}}}
end

--- Runs the command with these answers -> exit code, what the second step sent, what stdout got
local function answered(...)
    local answers, data = {...}, {}
    sent = nil
    local code = erase({br_document = "11144477735"}, {
        say = function() end,
        data = function(line) data[#data + 1] = line end,
        read = #answers > 0 and function() return table.remove(answers, 1) end or nil,
    })
    return {code, sent or "nothing", data[1]}
end

local request = {br_document = "11144477735", reason = "pedido do titular", confirmation = "1-2"}
check.same("the word erases", answered("pedido do titular", " ELIMINAR "), {0, request})
check.same("another word does not", answered("pedido do titular", "sim"), {130, "nothing"})
check.same("nor does the end of the input", answered("pedido do titular"), {130, "nothing"})

--- The request that eliminar sends of these arguments, with these answers | nil, exit code
local function completed(arguments, is_interactive, ...)
    local answers = {...}
    local fine, code = completes.complete(schema.method "EraseStudent", arguments, {
        say = function() end, interactive = is_interactive, read = function() return table.remove(answers, 1) end,
    })
    return {fine and arguments, code}
end

check.same("eliminar asks as well", completed({id = 7}, true, "pedido", "ELIMINAR"),
    {{id = 7, reason = "pedido", confirmation = "1-2"}})
check.same("unless the reason is given", completed({id = 7, reason = "pedido"}, true, "ELIMINAR"),
    {{id = 7, reason = "pedido", confirmation = "1-2"}})
check.same("and sends nothing without the word", completed({id = 7}, true, "pedido", "sim"), {nil, 130})
check.same("a script gives both itself", completed({id = 7}, false), {{id = 7}})
local filled = form.new(schema.method "EraseStudent", {interactive = true, say = function() end})
check.same("its form asks for the student alone", #filled.questions, 1)
check.same("in a pipe the confirmation is printed", answered(), {0, "nothing", "1-2"})
