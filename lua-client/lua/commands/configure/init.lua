-- configurar: makes a profile of the file that `aluno-certs pack` makes, asks what it lacks, and tests the connection.
local later = require "aluno.later"
local aluno = require "aluno"
local confirm = later "client.confirm"
local core = require "core"
local errors = require "client.errors"
local folders = require "client.folders"
local identity = require "client.identity"
local key = later "commands.configure.key"
local language = require "client.language"
local lists = require "aluno.lists"
local packed_file = later "commands.configure.packed"
local profile = require "client.profile"
local program = require "program"
local session = require "client.session"
local store = later "commands.configure.store"
local terminal = require "program.terminal"

local patience = 10 -- seconds

local text = language.of {
    pt = {
        no_home = "não há pasta para a configuração: HOME não está definida",
        file = "Arquivo que a escola entregou (.aluno; Enter: nenhum)",
        server = "Endereço do serviço (SERVIDOR:PORTA)",
        ca = "Arquivo com o certificado da escola (ca.crt)",
        cert = "Arquivo com o seu certificado",
        key = "Arquivo com a sua chave",
        passphrase = "Senha da chave",
        wrong = "Esta senha não abre a chave",
        unreadable = "não foi possível ler o arquivo %s",
        no_pem = "%s: não tem %s em PEM",
        no_name = "'%s' não serve de nome de perfil: use --perfil com letras, dígitos, . _ e -",
        known = "Já há o perfil %s, de %s. Substituí-lo?",
        is_known = "já há o perfil %s, de %s: com --sim é substituído, com --perfil NOME este tem outro nome",
        nothing = "Nada foi gravado",
        saved = "Perfil %s gravado em %s",
        use = "Para usá-lo: aluno --perfil %s",
        environment = "Do ambiente vêm %s, que valem mais do que o perfil: retire-as (de ~/.profile, por exemplo)",
        remove = "Apague agora %s: a chave já está guardada",
        diagnose = "Veja onde falha: aluno diagnostico --perfil %s",
    },
    en = {
        no_home = "there is no folder for settings: HOME is not set",
        file = "File that the school handed over (.aluno; Enter: none)",
        server = "Address of the service (HOST:PORT)",
        ca = "File with the school's certificate (ca.crt)",
        cert = "File with your certificate",
        key = "File with your key",
        passphrase = "Passphrase of the key",
        wrong = "This passphrase does not open the key",
        unreadable = "the file %s cannot be read",
        no_pem = "%s: has no %s in PEM",
        no_name = "'%s' does not serve as a profile's name: use --profile with letters, digits, . _ and -",
        known = "There is a profile %s already, of %s. Replace it?",
        is_known = "there is a profile %s already, of %s: --yes replaces it, --profile NAME gives this one another name",
        nothing = "Nothing was written",
        saved = "Profile %s written to %s",
        use = "To use it: aluno --profile %s",
        environment = "The environment has %s, which win over the profile: remove them (from ~/.profile, for example)",
        remove = "Remove %s now: the key is kept",
        diagnose = "See where it fails: aluno diagnose --profile %s",
    },
}

local file_names = {ca = "ca.crt", cert = "client.crt", key = "client.key"}
local what_is_in = {ca = "CERTIFICATE", cert = "CERTIFICATE", key = "PRIVATE KEY"}

-- ---- questions ----

--- Raised when a question gets no answer.
local unanswered = {}

local function ask(io, label, read)
    local answer, why = (read or io.read or terminal.read)("> " .. label .. ": ")
    if not answer then error(setmetatable({why = why}, unanswered)) end
    return answer:match "^%s*(.-)%s*$"
end

--- Asks until accept(answer) returns a value; says what is wrong otherwise.
local function ask_until(io, label, accept, read)
    while true do
        local value, problem = accept(ask(io, label, read))
        if value then return value end
        if problem then io.say(problem) end
    end
end

--- Returns the content of a file with the PEM that is asked for | nil, problem
local function read_pem(path, what)
    local file <close> = io.open(folders.in_full(path))
    local content = file and file:read "a"
    if not content then return nil, text.unreadable:format(path) end
    if not content:find(what_is_in[what] .. "-----", 1, true) then
        return nil, text.no_pem:format(path, what_is_in[what])
    end
    return content
end

--- Asks for what the packed file lacks of certificates and key.
local function complete(packed, io)
    for _, what in ipairs {"ca", "cert", "key"} do
        packed[what] = packed[what] or ask_until(io, text[what], function(path) return read_pem(path, what) end)
    end
end

--- Checks an address, with the staged files -> it | nil, problem
local function check_address(address, paths)
    local client, err = aluno.connect(lists.copy(paths, {server = address}))
    if not client then return nil, err.message end
    client:close()
    return address
end

-- ---- the profile ----

--- Asks for the passphrase of the staged key and replaces that by the open one.
local function open_key(staged, io)
    ask_until(io, text.passphrase, function(passphrase)
        local opened = staged .. ".open"
        if passphrase ~= "" and key.open(staged, passphrase, opened) then return os.rename(opened, staged) end
        os.remove(opened)
        return nil, text.wrong
    end, terminal.secret)
end

--- Returns the profile's name: that of --perfil, else of the file, else of the certificate | nil, problem
local function name_of(packed, certificate)
    local asked = os.getenv "ALUNO_PROFILE"
    local name = asked ~= "" and asked or packed.name or certificate.name
    if name:find "^[%w_][%w._-]*$" and profile.folder() .. "/" .. name ~= profile.path() then return name end
    return nil, text.no_name:format(name)
end

--- Whether a profile may be written: of a new name, or in the place of that one, as the person agrees -> true | nil,
--- problem
local function may_write(name, replace, io)
    local read = profile.read()
    local known = read and profile.of(read, name)
    if not known or replace then return true end
    local server = known.server or "?"
    if not io.interactive then return nil, text.is_known:format(name, server) end
    local agreed, why = confirm.ask(io, text.known:format(name, server), false)
    if not agreed then error(setmetatable({why = why}, unanswered)) end
    return true
end

--- Stages the files, which must belong together -> their paths by what they are | nil, problem
local function stage(packed, io)
    local paths = {}
    for what, name in pairs(file_names) do
        local problem
        paths[what], problem = store.stage(name, packed[what])
        if not paths[what] then return nil, problem end
    end
    if key.is_locked(packed.key) then open_key(paths.key, io) end
    local fine, err = core.probe.credentials(paths.ca, paths.cert, paths.key)
    return fine and paths, err and err.message
end

--- Makes the profile -> its name | nil, problem. `replace`: in the place of one of that name, without a question.
local function make(packed, replace, io)
    complete(packed, io)
    local paths, problem = stage(packed, io)
    if not paths then return nil, problem end
    local name, server
    name, problem = name_of(packed, core.probe.certificate(paths.cert))
    if not name then return nil, problem end
    local fine
    fine, problem = may_write(name, replace, io)
    if not fine then return nil, problem end
    local function accept(address) return check_address(address, paths) end
    if packed.server then server, problem = accept(packed.server) else server = ask_until(io, text.server, accept) end
    if not server then return nil, problem end
    local entries = lists.map({"ca", "cert", "key"}, function(what)
        return {name = what, value = name .. "/" .. file_names[what]}
    end)
    table.insert(entries, 1, {name = "server", value = server})
    local done
    done, problem = store.publish(name, entries, file_names)
    return done and name, problem
end

-- ---- after that ----

--- Gives the program the profile's settings, and the session another client -> settings, whether that profile is the
--- usual one
local function use(name)
    local read = assert(profile.read())
    local values = profile.of(read, name)
    for _, setting in ipairs {"server", "ca", "cert", "key"} do
        program.setenv("ALUNO_" .. setting:upper(), values[setting])
    end
    session.reset()
    return values, (read.common.profile or read.names[1]) == name
end

--- Tests the connection -> exit code
local function test(name, say)
    local values, is_usual = use(name)
    if not is_usual then say(text.use:format(name)) end
    local sentence, err = identity.sentence(values.server, session.in_passing(patience))
    if sentence then
        say(sentence)
        return 0
    end
    local code = errors.report(err, say)
    say(text.diagnose:format(name))
    return code
end

local function run(arguments, io)
    local say = io.say
    if not profile.folder() then return nil, text.no_home end
    local known, problem = profile.read()
    if not known and problem then return nil, problem end
    local path = arguments.file or ask(io, text.file)
    local packed = {}
    if path ~= "" then packed, problem = packed_file(folders.in_full(path)) end
    if not packed then return nil, problem end
    local had_key = packed.key ~= nil
    local name
    name, problem = make(packed, arguments.yes, io)
    if not name then return nil, problem end
    say(text.saved:format(name, profile.path()))
    local variables = table.concat(profile.environment, ", ")
    if variables ~= "" then say(text.environment:format(variables)) end
    if had_key then say(text.remove:format(path)) end
    return test(name, say)
end

return {
    verb = {en = "configure", pt = "configurar"},
    {name = "file", value = {en = "FILE", pt = "ARQUIVO"}, optional = true},
    doc = {
        en = "keeps your certificates and the service's address, from the school's file",
        pt = "guarda os seus certificados e o endereço do serviço, do arquivo da escola",
    },
    group = "service",
    flags = {{name = "yes", name_pt = "sim", kind = "bool",
        help = {pt = "Substituir sem perguntar um perfil do mesmo nome", en = "Replace a profile of that name without asking"}}},
    is_without_settings = true,
    run = function(arguments, io)
        local fine, code, problem = xpcall(run, function(raised)
            return getmetatable(raised) == unanswered and raised or debug.traceback(tostring(raised), 2)
        end, arguments, io)
        store.clean(file_names)
        if fine then return code, problem end
        if getmetatable(code) ~= unanswered then error(code, 0) end
        io.say(text.nothing)
        return code.why == "interrupt" and core.exit.interrupted or core.exit.usage
    end,
}
