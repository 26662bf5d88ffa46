-- A service to try scripts against: alunod with a CA, certificates, databases and a port of its own, in a folder that
-- goes away with it. Nothing of it reaches the real service, nor outlives the program.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local process = require "program.process"

local trial = {}
trial.__index = trial

local patience = 20 -- seconds for the service to answer
local at_once = 100 -- students that one call creates

local text = language.of {
    pt = {
        missing = "não se acha o programa %s",
        missing_remedy = "instale-o ao lado do aluno, ou diga onde está: %s=/caminho/%s",
        certificates = "os certificados não puderam ser feitos: %s",
        certificates_remedy = "confira se o openssl está instalado",
        service = "o serviço de teste não começa: %s",
        service_remedy = "confira se o alunod é da mesma versão que o aluno",
        folder = "não há onde pôr o serviço de teste: %s",
        folder_remedy = "escolha outra pasta: TMPDIR",
    },
    en = {
        missing = "the program %s is not found",
        missing_remedy = "install it beside aluno, or say where it is: %s=/path/%s",
        certificates = "the certificates could not be made: %s",
        certificates_remedy = "see whether openssl is installed",
        service = "the service for tests does not start: %s",
        service_remedy = "see whether alunod is of the same version as aluno",
        folder = "there is no place for the service for tests: %s",
        folder_remedy = "choose another folder: TMPDIR",
    },
}

local function fail(what, detail)
    return nil, errors.new("TRIAL_UNAVAILABLE", text[what]:format(detail), text[what .. "_remedy"])
end

-- ---- programs ----

--- Where a program may be: beside this one, in the build tree, in the folders of PATH.
local function places(name, in_build)
    local folder = process.self():match "^(.*)/"
    local list = {folder .. "/" .. name, folder .. "/../" .. in_build}
    for entry in (os.getenv "PATH" or ""):gmatch "[^:]+" do
        list[#list + 1] = entry .. "/" .. name
    end
    return list
end

--- The path of a program: what the environment's variable says, or the first place that has it | nil, error
local function find_program(name, variable, in_build)
    local given = os.getenv(variable)
    local list = given and given ~= "" and {given} or places(name, in_build)
    for _, path in ipairs(list) do
        if process.is_program(path) then return path end
    end
    local remedy = text.missing_remedy:format(variable, name)
    return nil, errors.new("TRIAL_UNAVAILABLE", text.missing:format(given or name), remedy)
end

--- The end of a log, in one line.
local function last_words(path)
    local file <close> = io.open(path)
    local last = ""
    for line in file and file:lines() or function() end do
        last = line
    end
    return last
end

-- ---- begin and end ----

--- Runs aluno-certs, whose words go to the log -> true | nil, error
local function run_certs(self, ...)
    local log = self.path .. "/certs.log"
    local program <close>, problem = process.start({self.certs, ...}, nil, log)
    if not program then return fail("certificates", problem) end
    if program:wait() == 0 then return true end
    return fail("certificates", last_words(log))
end

local function make_certificates(self)
    local made, err = run_certs(self, "init", self.ca)
    if made then made, err = run_certs(self, "server", self.ca, "localhost", "127.0.0.1") end
    if made then made, err = run_certs(self, "client", self.ca, "teste", "--role", "admin") end
    return made, err
end

--- Makes a folder with certificates for services to come -> trial, to be closed | nil, error
function trial.open()
    local alunod, certs, err
    alunod, err = find_program("alunod", "ALUNOD", "service/alunod")
    if not alunod then return nil, err end
    certs, err = find_program("aluno-certs", "ALUNO_CERTS", "certs/aluno-certs")
    if not certs then return nil, err end
    local folder, problem = process.folder()
    if not folder then return fail("folder", problem) end
    local path = tostring(folder)
    local self = setmetatable({
        alunod = alunod, certs = certs, folder = folder, path = path, ca = path .. "/ca", started = 0,
    }, trial)
    local made
    made, err = make_certificates(self)
    if made then return self end
    folder:close()
    return nil, err
end

--- Ends what runs and removes the folder.
function trial:close()
    self:stop()
    self.folder:close()
end

trial.__close = trial.close

-- ---- the service ----

function trial:stop()
    if self.service then self.service:close() end
    self.service = nil
end

--- How aluno.connect reaches the service, all of it, so that nothing is left to the environment.
function trial:settings()
    local client = self.ca .. "/clients/teste"
    return {
        server = self.server, tls_name = "127.0.0.1", ca = self.ca .. "/ca.crt", crl = self.ca .. "/ca.crl",
        cert = client .. ".crt", key = client .. ".key", language = aluno.language,
    }
end

--- Waits until the service answers -> true | nil, error; nothing when it has ended
local function await(self)
    local client <close> = assert(aluno.connect(self:settings()))
    local ready, err
    local until_then = core.host.clock() + patience
    repeat
        if self.service:wait(0.005) then return end
        ready, err = client:ready()
    until ready or core.host.clock() > until_then
    return ready, err
end

--- Starts a service with an empty database; its port is one that was free just now -> true | nil, error; nothing when
--- it has ended, since somebody has taken the port, perhaps
local function launch(self)
    local port, problem = process.port()
    if not port then return fail("service", problem) end
    self.started = self.started + 1
    self.server = "tls+tcp://127.0.0.1:" .. port
    self.log = ("%s/alunod-%d.log"):format(self.path, self.started)
    self.service, problem = process.start({
        self.alunod, "--listen", self.server, "--db", ("%s/%d.db"):format(self.path, self.started),
        "--ca", self.ca .. "/ca.crt", "--cert", self.ca .. "/server.crt", "--key", self.ca .. "/server.key",
    }, nil, self.log)
    if not self.service then return fail("service", problem) end
    return await(self)
end

--- Starts a service with an empty database, in the place of the one before -> true | nil, error
function trial:start()
    for _ = 1, 3 do
        self:stop()
        local started, err = launch(self)
        if started or err then return started, err end
    end
    return fail("service", last_words(self.log))
end

--- Registers so many made-up students -> true | nil, error
function trial:seed(count)
    local client <close> = assert(aluno.connect(self:settings()))
    for from = 0, count - 1, at_once do
        local students = {}
        for i = from, math.min(from + at_once, count) - 1 do
            students[#students + 1] = aluno.test.fixture(i)
        end
        local reply, err = client:batch {students = students}
        if not reply then return nil, err end
    end
    return true
end

--- The environment of a script: the service's settings in the place of the caller's.
local function environment_of(self)
    local variables, settings = {ALUNO_TESTING = "1"}, self:settings()
    for key, setting in pairs(core.probe.settings()) do
        variables[setting.environment] = settings[key] or os.getenv(setting.environment)
    end
    return variables
end

--- Runs a script with those arguments against the service -> its exit code | nil, error
function trial:run(script, arguments)
    local program <close>, problem =
        process.start({process.self(), script, table.unpack(arguments)}, environment_of(self))
    if not program then return fail("service", problem) end
    local code
    repeat code = program:wait() until code
    return code
end

return trial
