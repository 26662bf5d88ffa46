-- A disposable alunod for `aluno testar`: its own CA, certificates, databases and port, in a temporary folder. It never
-- reaches the real service and ends with the program.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local shell = require "client.shell"
local supervisor = require "commands.test.supervisor"

local trial = {}
trial.__index = trial

local patience = 20 -- seconds for the service to answer
local pause = 0.005 -- seconds between two polls of a program
local at_once = 100 -- students that one call creates
local ports = {20000, 32767}

local text = language.of {
    pt = {
        missing = "não se acha o programa %s",
        missing_remedy = "instale-o ao lado do aluno, ou diga onde está: %s=/caminho/%s",
        certificates = "os certificados não puderam ser feitos: %s",
        certificates_remedy = "confira se o openssl está instalado",
        exit_code = "%s terminou com código de saída %s",
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
        exit_code = "%s ended with exit code %s",
        service = "the service for tests does not start: %s",
        service_remedy = "see whether alunod is of the same version as aluno",
        folder = "there is no place for the service for tests: %s",
        folder_remedy = "choose another folder: TMPDIR",
    },
}

local function fail(what, detail, ...)
    return nil, errors.new("TRIAL_UNAVAILABLE", text[what]:format(detail), text[what .. "_remedy"]:format(...))
end

-- ---- begin and end ----

local function own_path()
    return (shell.ask 'readlink "/proc/$PPID/exe"')
end

--- The path of a program: that of the environment's variable, or the first one in this program's folder, in the build
--- tree and in PATH | nil, error
local function find_program(name, variable, in_build)
    local given = os.getenv(variable)
    local wanted = given and given ~= "" and given or name
    local here = shell.quote(own_path():match "^(.*)/")
    local path = shell.ask(("PATH=%s:%s/../%s:$PATH; command -v -- %s"):format(here, here, in_build, shell.quote(wanted)))
    if path then return path end
    return fail("missing", wanted, variable, name)
end

--- The content of a file in the folder, by a format of file:read | nil
local function read(self, name, format)
    local file <close> = io.open(self.path .. "/" .. name)
    return file and file:read(format)
end

--- The end of a log, in one line.
local function last_words(self, name)
    return (read(self, name, "a") or ""):match "([^\n]*)\n*$"
end

--- Gives the supervisor a command.
local function command(self, ...)
    self.supervisor:write(table.concat(lists.map({...}, shell.quote), " "), "\n")
    self.supervisor:flush()
end

--- Waits until a program of the supervisor's ends -> its exit code | nil when the folder is gone
local function await_end(self, name)
    local code
    repeat
        core.host.sleep(pause)
        code = read(self, name .. ".code", "n")
    until code or core.host.is_regular_file(self.path) == nil
    return code
end

--- Makes a folder with certificates for services to come -> trial, to be closed | nil, error
function trial.open()
    local alunod, certs, err
    alunod, err = find_program("alunod", "ALUNOD", "service")
    if not alunod then return nil, err end
    certs, err = find_program("aluno-certs", "ALUNO_CERTS", "certs")
    if not certs then return nil, err end
    local path, made = shell.ask 'mktemp -d -- "${TMPDIR:-/tmp}/aluno-XXXXXX" 2>&1'
    if not made then return fail("folder", path:match ".*: (.*)" or path) end -- without mktemp's own words
    local words = table.concat(lists.map({path, alunod, certs}, shell.quote), " ")
    local self = setmetatable({
        path = path, ca = path .. "/ca", supervisor = assert(io.popen("exec sh -s -- " .. words, "w")),
    }, trial)
    self.supervisor:write(supervisor)
    command(self, "certificates")
    local code = await_end(self, "certificates")
    if code == 0 then return self end
    local problem = last_words(self, "certificates.log")
    self:close()
    return fail("certificates", problem ~= "" and problem or text.exit_code:format(certs, code))
end

--- Ends what runs and removes the folder.
function trial:close()
    self.supervisor:close()
end

trial.__close = trial.close

-- ---- the service ----

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
        core.host.sleep(pause)
        if read(self, "service.code", "n") then return end
        ready, err = client:ready()
    until ready or core.host.clock() > until_then
    return ready, err
end

--- Starts a service with an empty database, in the place of the one before -> true | nil, error. The port is below
--- those of outgoing connections; if it is taken, the service ends and another port is tried.
function trial:start()
    for _ = 1, 3 do
        local port = math.random(table.unpack(ports))
        self.server = "tls+tcp://127.0.0.1:" .. port
        command(self, "stop")
        command(self, "serve", tostring(port))
        local started, err = await(self)
        if started or err then return started, err end
    end
    return fail("service", last_words(self, "service.log"))
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

--- The environment of a script, as words: the service's settings in the place of the caller's.
local function environment_of(self)
    local variables, settings = {"ALUNO_TESTING=1"}, self:settings()
    for key, setting in pairs(core.probe.settings()) do
        local value = settings[key] or os.getenv(setting.environment)
        if value then variables[#variables + 1] = setting.environment .. "=" .. value end
    end
    return variables
end

--- Runs a script with those arguments against the service -> its exit code | nil, error
function trial:run(script, arguments)
    local words = lists.join(lists.join(environment_of(self), {own_path(), script}), arguments)
    command(self, "run", table.unpack(words))
    local code = await_end(self, "script")
    if code then return code end
    return fail("folder", self.path)
end

return trial
