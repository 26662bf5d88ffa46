-- Recording a session: each call becomes a line of a script at once, and personal data goes to a second file that only
-- its owner can read. It observes the calls of all clients, except those that commands make on their own behalf.
local aluno = require "aluno"
local core = require "core"
local language = require "client.language"
local schema = require "client.schema"
local session = require "client.session"
local transcript = require "commands.record.transcript"

local recorder = {}

local text = language.of {
    pt = {
        name = "o nome do script termina em .lua, não é %s",
        data = "dados",
        stopped = "A gravação parou: %s\n",
        head = [[
-- Gravado pelo aluno em %s. Para repetir:
--
--   aluno %s [%s]
--
-- p são os dados pessoais, que estão nesse outro arquivo e podem ser trocados por outros; s, os alunos como o serviço
-- os devolveu. O primeiro erro encerra o script.
local args = aluno.args {
    doc = "Repete uma sessão gravada",
    {name = "dados", help = "o arquivo dos dados pessoais", default = arg[0]:gsub("%%.lua$", "") .. ".dados.json"},
}
local file <close> = assert(io.open(args.dados))
]],
    },
    en = {
        name = "a script's name ends in .lua, %s does not",
        data = "data",
        stopped = "The recording has stopped: %s\n",
        head = [[
-- Recorded by aluno on %s. To do it again:
--
--   aluno %s [%s]
--
-- p is the personal data, which is in that other file and may be replaced by others; s, the students as the service
-- gave them. The first error ends the script.
local args = aluno.args {
    doc = "Repeats a recorded session",
    {name = "data", help = "the file of the personal data", default = arg[0]:gsub("%%.lua$", "") .. ".data.json"},
}
local file <close> = assert(io.open(args.data))
]],
    },
}

local begin = [[
local p = assert(aluno.json.decode(file:read "a"))
local s = {}
local c <close> = assert(aluno.connect {strict = true})

]]

local current -- {path, data_path, file, transcript, saved, calls, under_way}

-- ---- files ----

local function write(file, line)
    local written, problem = file:write(line)
    if written then written, problem = file:flush() end
    return written, problem
end

--- Replaces the file of personal data, which is whole at any moment -> true | nil, problem
local function save_data(data_path, data)
    local file, problem = core.host.create(data_path .. ".tmp")
    if not file then return nil, problem end
    local saved
    saved, problem = write(file, aluno.json.encode(data, {indent = 2}) .. "\n")
    file:close()
    if saved then saved, problem = os.rename(data_path .. ".tmp", data_path) end
    if not saved then os.remove(data_path .. ".tmp") end
    return saved, problem
end

--- Makes both files, which must be new -> the script | nil, problem
local function create_files(path, data_path)
    local data, problem = core.host.create(data_path)
    if not data then return nil, problem end
    data:write "{}\n"
    data:close()
    local script
    script, problem = core.host.create(path)
    if not script then
        os.remove(data_path)
        return nil, problem
    end
    local base = path:match "[^/]*$"
    local written
    written, problem = write(script, text.head:format(os.date "%Y-%m-%d", base, data_path:match "[^/]*$") .. begin)
    return written and script, problem
end

-- ---- observed calls ----

local function note(method, request, reply, err, metadata)
    local line = current.transcript:line(method, request, reply, err, metadata)
    if not line then return end
    local data = aluno.json.encode(current.transcript.data)
    local saved, problem = true, nil
    if data ~= current.saved then saved, problem = save_data(current.data_path, current.transcript.data) end
    if saved then saved, problem = write(current.file, line .. "\n") end
    current.saved, current.calls = data, current.calls + 1
    if saved then return end
    io.stderr:write(text.stopped:format(problem))
    current.under_way = {}
    recorder.stop()
end

--- Records the calls that have ended, in their order; if `wait` is set, waits for all.
local function note_ended(wait)
    while current and current.under_way[1] and (wait or current.under_way[1].future:done()) do
        local call = table.remove(current.under_way, 1)
        note(call.method, call.request, call.future:wait())
    end
end

--- The observer of all calls: queues a call, which is recorded in that order when it has ended.
local function hear(name, request, future)
    table.insert(current.under_way, {method = schema.method(name), request = request, future = future})
    note_ended(false)
end

-- ---- begin and end ----

--- Begins to record into new files -> where the personal data goes | nil, problem
function recorder.start(path)
    local base = path:match "^(.+)%.lua$"
    if not base then return nil, text.name:format(path) end
    recorder.stop()
    local data_path = ("%s.%s.json"):format(base, text.data)
    local file, problem = create_files(path, data_path)
    if not file then return nil, problem end
    current = {
        path = path, data_path = data_path, file = file, transcript = transcript.new(), saved = "{}", calls = 0,
        under_way = {},
    }
    core.observe(hear)
    return data_path
end

--- Ends the recording, when what is under way has ended -> the script's path, how many calls it has; nothing when there
--- was none.
function recorder.stop()
    note_ended(true)
    if not current then return end
    local path, calls = current.path, current.calls
    core.observe(nil)
    current.file:close()
    current = nil
    return path, calls
end

session.at_end(recorder.stop)

return recorder
