-- The calls made with a certificate, from the events of the audit: for each student, which fields it read and which it changed.
local aluno = require "aluno"
local dates = require "client.dates"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local moments = require "client.moments"
local pages = require "aluno.pages"
local schema = require "client.schema"
local session = require "client.session"

local incident = {}

local text = language.of {
    pt = {no_id = "%s, linha %d: sem o id de um aluno; o arquivo é um que auditoria incidente gravou?"},
    en = {no_id = "%s, line %d: without the id of a student; is it a file that audit incident wrote?"},
}

local list_events = schema.method "ListAuditEvents"

--- "name,age" with the fields' names in the user's language.
local function in_words(names)
    return (names:gsub("[%w_]+", function(name)
        local field = schema.field("Student", name)
        return field and language.field(field)
    end))
end

local function column(name, name_pt, more)
    return lists.copy({name = name, name_pt = name_pt, kind = "text", presence = "optional"}, more)
end

local time = {kind = "int", label = dates.unit}

--- The columns of the rows.
incident.columns = {
    column("id", "id", {kind = "int", presence = "output"}),
    column("name", "nome"),
    column("seen", "campos_vistos", {shown = in_words}),
    column("changed", "campos_alterados", {shown = in_words}),
    column("reads", "consultas", {kind = "int", presence = "output"}),
    column("changes", "alteracoes", {kind = "int", presence = "output"}),
    column("first_time", "primeira_vez", time),
    column("last_time", "ultima_vez", time),
}

--- f(id) for each of "3,7-9".
local function each_id(ids, f)
    for first, last in ids:gmatch "(%d+)%-?(%d*)" do
        for id = math.tointeger(first), math.tointeger(last) or math.tointeger(first) do
            f(id)
        end
    end
end

local function add_words(set, words)
    for word in (words or ""):gmatch "[^,]+" do
        set[word] = true
    end
end

--- The fields of a set, in the contract's order: "name,age".
local function joined(set)
    return table.concat(lists.map(aluno.schema.messages.Student.fields, function(field)
        return set[field.name] and field.name
    end), ",")
end

--- Whether the event is of a change that was made. A dry run and a repeated reply only show the students.
local function is_change(event)
    local method = event.method and schema.method(event.method)
    return method and method.effect == "mutates" and not event.validate_only and not event.replayed
end

--- The field that each of these methods changes. The fields of its event are only those that its reply showed.
local removes = {DeleteStudent = "delete_time", UndeleteStudent = "delete_time"}

local function count_student(found, event, id)
    local row = found.students[id]
    if not row then
        row = {id = id, seen = {}, changed = {}, reads = 0, changes = 0, first_time = event.time, last_time = event.time}
        found.students[id] = row
    end
    row.first_time, row.last_time = math.min(row.first_time, event.time), math.max(row.last_time, event.time)
    local removed = removes[event.method:match "[^/]+$"]
    if not is_change(event) then
        row.reads = row.reads + 1
        add_words(row.seen, event.fields)
    else
        row.changes = row.changes + 1
        add_words(removed and row.seen or row.changed, event.fields)
        add_words(row.changed, removed)
    end
end

--- An address without its port, which is another one each time.
local function host_of(address)
    return address and address:gsub(":%d+$", "")
end

local function add(set, value)
    if value then set[value] = true end
end

local function count_event(found, event)
    add(found.names, event.caller_name)
    add(found.serials, event.caller_serial)
    add(found.addresses, host_of(event.caller_address))
    add(found.purposes, event.purpose)
    if event.code ~= "OK" then
        found.refusals = found.refusals + (event.count or 1)
    elseif event.student_ids then
        local kind = is_change(event) and "changes" or "reads"
        found[kind] = found[kind] + 1
        found.first_time = math.min(found.first_time or event.time, event.time)
        found.last_time = math.max(found.last_time or event.time, event.time)
        each_id(event.student_ids, function(id) count_student(found, event, id) end)
    end
end

--- Replaces the sets by what the rows have, in the order of the ids.
local function finish(found)
    found.rows = lists.map(lists.keys(found.students), function(id)
        local row = found.students[id]
        add_words(found.seen, joined(row.seen))
        add_words(found.changed, joined(row.changed))
        row.seen, row.changed = joined(row.seen), joined(row.changed)
        return row
    end)
    found.seen, found.changed, found.students = joined(found.seen), joined(found.changed), nil
    for _, name in ipairs {"names", "serials", "addresses", "purposes"} do
        found[name] = lists.keys(found[name])
    end
    return found
end

--- Reads the events that a request of ListAuditEvents asks for -> {rows =, reads =, changes =, refusals =, seen =,
--- changed =, first_time =, last_time =, names =, serials =, addresses =, purposes =} | nil, error
function incident.collect(request)
    local found = {
        students = {}, names = {}, serials = {}, addresses = {}, purposes = {}, seen = {}, changed = {},
        reads = 0, changes = 0, refusals = 0,
    }
    local function call(page) return session.call(list_events, page) end
    for _, reply, err in pages(call, request) do
        if not reply then return nil, err end
        for _, event in ipairs(reply.events) do
            count_event(found, event)
        end
    end
    return finish(found)
end

--- Adds their names to the rows, from the service; students who are no longer there have none -> true | nil, error
function incident.add_names(rows)
    for _, row in ipairs(rows) do
        local student, err = session.call(schema.method "get", {id = row.id, show_deleted = true})
        if not student and err.reason ~= "STUDENT_NOT_FOUND" then return nil, err end
        row.name = student and student.name
    end
    return true
end

--- The value of a cell of CSV.
local function read_cell(field, typed)
    if not typed or typed == "" then return nil end
    if dates.is_time(field) then return moments.parse(typed) end
    if field.kind == "int" then return math.tointeger(tonumber(typed)) end
    return typed
end

--- Reads the rows of a file that this command wrote as CSV -> rows | nil, error
function incident.read(path)
    local reader <close>, err = aluno.csv.open(path, {header = true, neutralised = true})
    if not reader then return nil, err end
    local rows = {}
    for line, cells, problem in reader:rows() do
        local row = {}
        for _, field in ipairs(cells and incident.columns or {}) do
            row[field.name] = read_cell(field, cells[field.name_pt] or cells[field.name])
        end
        if not row.id then return nil, problem or errors.new("FILE_UNUSABLE", text.no_id:format(path, line), "") end
        rows[#rows + 1] = row
    end
    return rows
end

return incident
