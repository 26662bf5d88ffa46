-- Remedies of failed layers: the contract's remedy, and commands with the actual names of files, hosts and people.
--
-- A remedy is a list of steps, "WHERE COMMAND"; `words`, a text that replaces the contract's; `note`, a remark on the last
-- step; or {when = FACT, yes = remedy, no = remedy}. WHERE is
--
--   here, ca, service   where to type the command: at this client, at the school's CA, or where alunod runs
--   copy KEY            copies the CA's own file over that of the setting, unless they are the same
--   set KEY VALUE       gives the setting another value
--
-- {name} stands for a fact.
local aluno = require "aluno"
local core = require "core"
local dates = require "client.dates"
local language = require "client.language"
local lists = require "aluno.lists"
local quote = require "client.shell".quote

local text = language.choose {
    folder = {pt = "PASTA_DA_CA", en = "CA_FOLDER"},
    name = {pt = "NOME", en = "NAME"},
    host = {pt = "SERVIDOR", en = "HOST"},
    new_folder = {pt = "PASTA_NOVA", en = "NEW_FOLDER"},
    install = {pt = "Informe os seus arquivos; quem tem a CA da escola os emite",
        en = "Name your files; who keeps the school's CA makes them"},
    clock_here = {
        pt = "Se a data deste computador ({date}) está errada, acerte-a; senão, a errada é a do outro lado",
        en = "If this computer's date ({date}) is wrong, set it right; else the other side's is wrong"},
    clock_service = {pt = "Pelo relógio daqui o certificado está em dia: acerte o relógio do serviço",
        en = "By the clock here the certificate is in order: set the service's clock right"},
    unset_name = {pt = "Deixe valer o nome do endereço", en = "Let the address's own name count"},
    versions = {pt = "Instale a mesma versão nos dois lados: aqui é {version}, no serviço {service_version}",
        en = "Install the same version on both sides: it is {version} here, {service_version} at the service"},
    other_address = {pt = "Vale o endereço que atende. Corrija o outro no DNS, ou em /etc/hosts",
        en = "The address that answers is used. Correct the other in the DNS, or in /etc/hosts"},
    wait = {pt = "Tente de novo em instantes; se ele não voltar, veja o registro do serviço",
        en = "Try again shortly; if it does not come back, see the service's log"},
    flag = {pt = "ou %s %s", en = "or %s %s"},
    no_flag = {pt = "e sem --tls-name", en = "and without --tls-name"},
    copied = {pt = "depois de copiar %s para onde o alunod lê", en = "after copying %s to where alunod reads"},
    upgraded = {pt = "depois de instalar a versão nova", en = "after installing the new version"},
}

local sources = {ca = "ca.crt", crl = "ca.crl", cert = "clients/{name}.crt", key = "clients/{name}.key"}

-- ---- facts: functions of `seen` ----

local facts = {host_word = text.host, new_folder = text.new_folder, version = aluno.version}

local exists = core.host.is_regular_file

local function parent(path)
    return path:match "^(.*)/[^/]*$" or "."
end

local function as_ca_folder(path)
    return path and exists(path .. "/index.txt") and exists(path .. "/ca.crt") and path or nil
end

--- Returns the CA's folder that has our certificate, where aluno-certs creates it.
local function own_folder(seen)
    return as_ca_folder(seen.cert and parent(parent(seen.cert)))
end

--- Returns the CA's folder if it is on this computer, else a placeholder.
function facts.folder(seen)
    return own_folder(seen) or as_ca_folder(seen.ca and parent(seen.ca)) or text.folder
end

--- Returns the name in our certificate, or the file's name if it cannot be read.
function facts.name(seen)
    local named = seen.certificate and seen.certificate.name or ""
    return named ~= "" and named or seen.cert and seen.cert:match "([^/]+)%.%w+$" or text.name
end

function facts.role(seen)
    local role = seen.certificate and seen.certificate.role or "none"
    return role ~= "none" and role or "registrar"
end

--- Returns the CA certificate in the folder of our certificate, if it is not the one that is set.
function facts.other_ca(seen)
    local path = own_folder(seen) and own_folder(seen) .. "/ca.crt"
    return path ~= seen.ca and path or nil
end

--- Returns the path, without .crt and .key, of another certificate of our name that the CA has issued, if it is here.
function facts.other_pair(seen)
    local base = facts.folder(seen) .. "/clients/" .. facts.name(seen)
    return base .. ".crt" ~= seen.cert and exists(base .. ".crt") and base or nil
end

--- Returns the key in the folder of our certificate, if it is not the one that is set.
function facts.other_key(seen)
    local path = seen.cert:gsub("%.%w+$", "") .. ".key"
    return path ~= seen.key and exists(path) and path or nil
end

--- Returns every host that the service's certificate needs: those it has, if the file is here, and the one we dial.
function facts.hosts(seen)
    local server = core.probe.certificate(facts.folder(seen) .. "/server.crt")
    local hosts = {}
    for host in (server and server.hosts or ""):gmatch "[^, ]+" do
        if host ~= seen.host then hosts[#hosts + 1] = quote(host) end
    end
    hosts[#hosts + 1] = quote(seen.host)
    return table.concat(hosts, " ")
end

--- The address that is set, as it should be written.
function facts.address(seen)
    local rest = seen.server:gsub("^[%w+]*:?//", ""):gsub("/.*", "")
    local host, port = rest:match "^(.*):(%d+)$"
    host = (host or rest):gsub(":$", "")
    return ("tls+tcp://%s:%s"):format(host ~= "" and host or text.host, port or "3000")
end

--- The host on which a service listens to be reached at ours.
function facts.interface(seen)
    return seen.host:find "^127%." and seen.host or seen.host == "localhost" and "127.0.0.1" or "0.0.0.0"
end

function facts.date(seen) return dates.text(seen.now) end

function facts.service_version(seen) return seen.info.version end

local function fact(seen, name)
    local known = facts[name]
    if type(known) == "function" then return known(seen) end
    return known or seen[name]
end

local function fill(template, seen, as_word)
    return (template:gsub("{([%w_]+)}", function(name)
        local value = fact(seen, name)
        return (name == "hosts" or not as_word) and value or quote(value)
    end))
end

--- The CA's own file for a setting.
local function source_of(key, seen)
    return fill("{folder}/" .. sources[key], seen)
end

-- ---- remedies ----

local reload = "service pkill -HUP -x alunod"
local server_files, pgrep = "server.crt, server.key", "service pgrep -a alunod"
local fingerprint = "openssl x509 -noout -fingerprint -sha256 -in "
local ca_files = "--ca {folder}/ca.crt --crl {folder}/ca.crl --cert {folder}/server.crt --key {folder}/server.key"

local make_own = {"ca aluno-certs client {folder} {name} --role {role}", "copy cert", "copy key"}
local renew_own = {"ca aluno-certs renew {folder} {name}", "copy cert", "copy key"}
local replace_own = {when = "other_pair", yes = {"set cert {other_pair}.crt", "set key {other_pair}.key"}, no = make_own}
local write_own_list = {"ca aluno-certs crl {folder}", "copy crl"}

local renew_server = {"ca aluno-certs renew {folder} server", reload, copied = server_files}
local make_server = {"ca aluno-certs server {folder} {hosts}", reload, copied = server_files}
local rename_server = {
    when = "tls_name",
    yes = {"here unset ALUNO_TLS_NAME", note = text.no_flag, words = text.unset_name},
    no = {"ca aluno-certs revoke {folder} server", make_server[1], reload, copied = server_files},
}
local write_service_list = {"ca aluno-certs crl {folder}", reload, copied = "ca.crl"}
local compare_ca = {"here " .. fingerprint .. "{ca}", "service " .. fingerprint .. "ca.crt", reload, copied = "ca.crt"}

--- A different CA: everything that it signs must be issued again.
local make_ca = {"ca aluno-certs init {new_folder}", "ca aluno-certs server {new_folder} {host_word}",
    "ca aluno-certs client {new_folder} {name} --role {role}"}
local set_clock_here = {"here sudo timedatectl set-ntp true", words = text.clock_here}
local set_clock_of_service = {"service sudo timedatectl set-ntp true", words = text.clock_service}

local start_service = {pgrep, "service alunod --listen tls+tcp://{interface}:{port} --db aluno.db " .. ca_files}
local find_listener = {pgrep, "service ss -ltnp 'sport = :{port}'"}
local reach_host = {"here ping -c 3 {host}", table.unpack(find_listener)}

local anew = {ca = make_ca, crl = {"ca aluno-certs crl {folder}"}, cert = renew_own, key = renew_own}

--- Values for the settings that are missing.
local function name_files(seen)
    local steps = lists.map(seen.missing, function(key) return ("set %s {folder}/%s"):format(key, sources[key]) end)
    if not seen.cert then table.insert(steps, 1, make_own[1]) end
    steps.words = text.install
    return steps
end

--- Settings that are missing, or a file that the client itself refuses. The detail begins with its option.
local function fix_settings(seen, err)
    if seen.missing[1] then return name_files(seen) end
    local key = err.detail:match "^%-%-(%w+)"
    if not sources[key] then return {} end
    if err.detail:find ": permission denied" then return {"here chmod u+r {" .. key .. "}"} end
    if err.detail:find ": protected by a passphrase" then
        return {"here openssl pkey -in {key} -out {key}.open && mv {key}.open {key}"}
    end
    local other_key = err.detail:find ": does not match" and facts.other_key(seen)
    if other_key then return {"set key {other_key}"} end
    local is_original = source_of(key, seen) == seen[key] -- the CA's own file itself is wrong
    return is_original and anew[key] or {"copy " .. key}
end

--- By layer and reason; TLS has a layer for each side. A remedy, or a function of `seen` and the error.
local remedies = {
    settings = {OPTION_INVALID = fix_settings},
    ca = {TLS_EXPIRED = make_ca, TLS_NOT_YET_VALID = set_clock_here},
    certificate = {
        TLS_EXPIRED = renew_own, TLS_WEAK_KEY = renew_own, TLS_REVOKED = replace_own, TLS_SELF_SIGNED = replace_own,
        TLS_UNKNOWN_CA = {when = "other_ca", yes = {"set ca {other_ca}"}, no = replace_own},
        TLS_NOT_YET_VALID = set_clock_here,
    },
    revocations = {TLS_CRL_INVALID = write_own_list},
    address = {OPTION_INVALID = {"set server {address}"}},
    dns = {ADDRESS_UNKNOWN = {"here getent ahosts {host}", "set server tls+tcp://{host_word}:{port}"}},
    tcp = {CONNECTION_REFUSED = start_service, HOST_UNREACHABLE = reach_host, CONNECTION_TIMEOUT = reach_host},
    tcp_address = {HOST_UNREACHABLE = {words = text.other_address}, CONNECTION_TIMEOUT = {words = text.other_address}},
    tls_ours = {
        TLS_EXPIRED = set_clock_of_service, TLS_NOT_YET_VALID = set_clock_of_service, TLS_REVOKED = replace_own,
        TLS_UNKNOWN_CA = compare_ca, TLS_CRL_INVALID = write_service_list, TLS_WEAK_KEY = renew_own,
    },
    tls_theirs = {
        TLS_EXPIRED = renew_server, TLS_NOT_YET_VALID = set_clock_here, TLS_REVOKED = make_server,
        TLS_SELF_SIGNED = make_server, TLS_UNKNOWN_CA = compare_ca, TLS_KEY_USAGE = make_server,
        TLS_WEAK_KEY = renew_server, TLS_WRONG_HOST = rename_server, TLS_CRL_INVALID = write_own_list,
        TLS_NOT_TLS = find_listener, TLS_VERSION = find_listener, TLS_HANDSHAKE = find_listener,
        CONNECTION_TIMEOUT = find_listener, CONNECTION_LOST = find_listener,
    },
    service = {ROLE_MISSING = {"ca aluno-certs revoke {folder} {name}", table.unpack(make_own)},
        DRAINING = {words = text.wait}},
    clock = {CLOCK_DIFFERS = {set_clock_here[1], set_clock_of_service[1]}},
    schema = {CONTRACT_DIFFERS = {"service pkill -USR2 -x alunod", note = text.upgraded, words = text.versions}},
}

-- ---- expansion ----

--- Returns the step as {where = …, command = …[, note = …]}, or false if it would copy a file over itself.
local function expand(step, seen)
    local where, command = step:match "^(%S+) (.*)$"
    if where == "copy" then
        local source, target = source_of(command, seen), seen[command]
        return source ~= target and {where = "here", command = ("cp %s %s"):format(quote(source), quote(target))}
    end
    if where ~= "set" then return {where = where, command = fill(command, seen, true)} end
    local key, template = command:match "^(%S+) (.*)$"
    local setting, value = core.probe.settings()[key], quote(fill(template, seen))
    local note = text.flag:format(setting.flag, value)
    return {where = "here", command = ("export %s=%s"):format(setting.environment, value), note = note}
end

--- Returns the remedy of an error of that layer -> {text = …, steps = {{where = …, command = …[, note = …]}, …}}
return function(layer, err, seen)
    local remedy = (remedies[layer] or {})[err.reason] or {}
    if type(remedy) == "function" then remedy = remedy(seen, err) end
    while remedy.when do
        remedy = fact(seen, remedy.when) and remedy.yes or remedy.no
    end
    local steps = lists.map(remedy, function(step) return expand(step, seen) end)
    local note = remedy.note or remedy.copied and text.copied:format(remedy.copied)
    if note then steps[#steps].note = note end
    return {text = remedy.words and fill(remedy.words, seen) or err.remedy, steps = steps}
end
