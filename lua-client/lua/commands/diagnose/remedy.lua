-- What to type to mend what a diagnosis found: the contract's remedy in words, and commands with the names of the
-- files, hosts and people at hand. A command says where it is to be typed: "here", "ca" (where the school's
-- certificates are made) or "service" (where alunod runs).
local aluno = require "aluno"
local core = require "core"
local language = require "client.language"

local remedy = {}

local text = language.of {
    pt = {
        folder = "PASTA_DA_CA", new_folder = "PASTA_NOVA", name = "NOME", host = "SERVIDOR",
        install = "Informe os seus arquivos; quem tem a CA da escola os emite",
        clock_here = "Se a data deste computador (%s) está errada, acerte-a; senão, a errada é a do outro lado",
        clock_service = "Pelo relógio daqui o certificado está em dia: acerte o relógio do serviço",
        unset_name = "Deixe valer o nome do endereço",
        versions = "Instale a mesma versão nos dois lados: aqui é %s, no serviço %s",
        wait = "Tente de novo em instantes; se ele não voltar, veja o registro do serviço",
        flag = "ou %s %s",
        no_flag = "e sem %s",
        copied = "depois de copiar %s para onde o alunod lê",
        upgraded = "depois de instalar a versão nova",
    },
    en = {
        folder = "CA_FOLDER", new_folder = "NEW_FOLDER", name = "NAME", host = "HOST",
        install = "Name your files; who keeps the school's CA makes them",
        clock_here = "If this computer's date (%s) is wrong, set it right; else the other side's is wrong",
        clock_service = "By the clock here the certificate is in order: set the service's clock right",
        unset_name = "Let the address's own name count",
        versions = "Install the same version on both sides: it is %s here, %s at the service",
        wait = "Try again shortly; if it does not come back, see the service's log",
        flag = "or %s %s",
        no_flag = "and without %s",
        copied = "after copying %s to where alunod reads",
        upgraded = "after installing the new version",
    },
}

-- ---- names ----

local function quote(word)
    return word:find "^[%w._/:=@%%+%[%]-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

local function exists(path)
    local file = io.open(path)
    if file then file:close() end
    return file ~= nil
end

local function parent(path)
    return path:match "^(.*)/[^/]*$" or "."
end

local function is_ca_folder(path)
    return exists(path .. "/index.txt") and exists(path .. "/ca.crt")
end

--- The CA's folder in which our certificate lies, where aluno-certs leaves it.
local function folder_of_certificate(seen)
    local path = seen.cert and parent(parent(seen.cert))
    return path and is_ca_folder(path) and path or nil
end

--- The CA's folder, when it is on this computer; else a word for it.
local function ca_folder(seen)
    local beside = seen.ca and parent(seen.ca)
    return folder_of_certificate(seen) or beside and is_ca_folder(beside) and beside or text.folder
end

--- Whom our certificate names; before it could be read, what its file is called.
local function own_name(seen)
    local named = seen.certificate and seen.certificate.name or ""
    return named ~= "" and named or seen.cert and seen.cert:match "([^/]+)%.%w+$" or text.name
end

--- Every host that the service's certificate is to have: those it has, if it is at hand, and the one we call.
local function service_hosts(seen)
    local server = core.probe.certificate(ca_folder(seen) .. "/server.crt")
    local hosts = {}
    for host in (server and server.hosts or ""):gmatch "[^, ]+" do
        if host ~= seen.host then hosts[#hosts + 1] = quote(host) end
    end
    hosts[#hosts + 1] = quote(seen.host)
    return table.concat(hosts, " ")
end

-- ---- commands ----

local function at(where, command, note)
    return {where = where, command = command, note = note}
end

--- A setting's new value, in the environment or as a flag.
local function set(key, value)
    local setting = core.probe.settings()[key]
    local assignment = setting.environment .. "=" .. quote(value)
    return at("here", "export " .. assignment, text.flag:format(setting.flag, quote(value)))
end

--- `aluno-certs VERB FOLDER …`
local function certs(seen, verb, ...)
    return at("ca", table.concat({"aluno-certs", verb, quote(ca_folder(seen)), ...}, " "))
end

--- The service reads the files again that were put in place.
local function reload(files)
    return at("service", "pkill -HUP -x alunod", text.copied:format(files))
end

local function set_clock(where)
    return at(where, "sudo timedatectl set-ntp true")
end

--- Adds the copy of a CA's file over one of ours, unless they are one and the same.
local function fetch(steps, seen, source, target)
    local from = ca_folder(seen) .. "/" .. source
    if from ~= target then steps[#steps + 1] = at("here", ("cp %s %s"):format(quote(from), quote(target))) end
    return steps
end

local function fetch_own(steps, seen)
    local base = "clients/" .. own_name(seen)
    return fetch(fetch(steps, seen, base .. ".crt", seen.cert), seen, base .. ".key", seen.key)
end

-- ---- our own certificate ----

local function renew_own(seen)
    return fetch_own({certs(seen, "renew", quote(own_name(seen)))}, seen)
end

local function own_role(seen)
    local role = seen.certificate and seen.certificate.role or "none"
    return role ~= "none" and role or "registrar"
end

local function make_own(seen)
    return certs(seen, "client", quote(own_name(seen)), "--role", own_role(seen))
end

--- Another certificate for our name: the one that the CA has made already, if it is at hand, else a new one.
local function replace_own(seen)
    local base = ca_folder(seen) .. "/clients/" .. own_name(seen)
    if base .. ".crt" ~= seen.cert and exists(base .. ".crt") then
        return {set("cert", base .. ".crt"), set("key", base .. ".key")}
    end
    return fetch_own({make_own(seen)}, seen)
end

--- A new certificate in place of one that would do but for its role.
local function promote_own(seen)
    return fetch_own({certs(seen, "revoke", quote(own_name(seen))), make_own(seen)}, seen)
end

--- Our certificate and our CA do not fit. A CA's folder in which the certificate lies has the right one.
local function match_ca(seen)
    local folder = folder_of_certificate(seen)
    if folder and folder .. "/ca.crt" ~= seen.ca then return {set("ca", folder .. "/ca.crt")} end
    return replace_own(seen)
end

local function write_own_list(seen)
    return fetch({certs(seen, "crl")}, seen, "ca.crl", seen.crl)
end

-- ---- the service's ----

local function renew_server(seen)
    return {certs(seen, "renew", "server"), reload "server.crt, server.key"}
end

local function make_server(seen)
    return {certs(seen, "server", service_hosts(seen)), reload "server.crt, server.key"}
end

local function rename_server(seen)
    local setting = core.probe.settings().tls_name
    if seen.tls_name then
        return {at("here", "unset " .. setting.environment, text.no_flag:format(setting.flag))}, text.unset_name
    end
    local steps = make_server(seen)
    table.insert(steps, 1, certs(seen, "revoke", "server"))
    return steps
end

local function write_service_list(seen)
    return {certs(seen, "crl"), reload "ca.crl"}
end

local function compare_ca(seen)
    local fingerprint = "openssl x509 -noout -fingerprint -sha256 -in "
    return {at("here", fingerprint .. quote(seen.ca)), at("service", fingerprint .. "ca.crt"), reload "ca.crt"}
end

local function set_clock_here(seen)
    return {set_clock "here"}, text.clock_here:format(os.date("%Y-%m-%d %H:%M", seen.now // 1000))
end

local function set_clock_of_service()
    return {set_clock "service"}, text.clock_service
end

local function set_both_clocks()
    return {set_clock "here", set_clock "service"}
end

-- ---- settings ----

local sources = {ca = "ca.crt", crl = "ca.crl", cert = "clients/%s.crt", key = "clients/%s.key"}

local function set_options(seen)
    local steps = {}
    if not seen.cert then steps[1] = make_own(seen) end
    for _, key in ipairs(seen.missing) do
        local source = sources[key]:format(own_name(seen))
        steps[#steps + 1] = set(key, ca_folder(seen) .. "/" .. source)
    end
    return steps, text.install
end

--- Another CA: all it vouches for is made anew.
local function make_ca(seen)
    local folder = text.new_folder
    return {at("ca", "aluno-certs init " .. folder), at("ca", ("aluno-certs server %s %s"):format(folder, text.host)),
        at("ca", ("aluno-certs client %s %s --role %s"):format(folder, quote(own_name(seen)), own_role(seen)))}
end

local function make_anew(seen, key)
    if key == "ca" then return make_ca(seen) end
    return key == "crl" and {certs(seen, "crl")} or renew_own(seen)
end

--- The CA's own file in place of one that is missing or wrong; if it is that very file, a new one.
local function replace_file(seen, key)
    local steps = fetch({}, seen, sources[key]:format(own_name(seen)), seen[key])
    return #steps > 0 and steps or make_anew(seen, key)
end

--- The key of another certificate: that one beside our certificate is taken, if there is one.
local function match_key(seen)
    local beside = seen.cert:gsub("%.%w+$", "") .. ".key"
    if beside ~= seen.key and exists(beside) then return {set("key", beside)} end
    return replace_file(seen, "key")
end

local function open_key(seen)
    local key, open = quote(seen.key), quote(seen.key .. ".open")
    return {at("here", ("openssl pkey -in %s -out %s && mv %s %s"):format(key, open, open, key))}
end

--- A file that the client refuses for itself; the detail begins with its option.
local function mend_file(seen, err)
    local key = err.detail:match "^%-%-(%w+)"
    if not sources[key] then return {} end
    if err.detail:find ": permission denied" then return {at("here", "chmod u+r " .. quote(seen[key]))} end
    if err.detail:find ": protected by a passphrase" then return open_key(seen) end
    if err.detail:find ": does not match" then return match_key(seen) end
    return replace_file(seen, key)
end

local function mend_settings(seen, err)
    return (seen.missing[1] and set_options or mend_file)(seen, err)
end

-- ---- the network ----

local function mend_address(seen)
    local rest = seen.server:gsub("^[%w+]*:?//", ""):gsub("/.*", "")
    local host, port = rest:match "^(.*):(%d+)$"
    host = (host or rest):gsub(":$", "")
    return {set("server", ("tls+tcp://%s:%s"):format(host ~= "" and host or text.host, port or "3000"))}
end

local function find_host(seen)
    return {at("here", "getent ahosts " .. quote(seen.host)),
        set("server", ("tls+tcp://%s:%s"):format(text.host, seen.port))}
end

local function start_service(seen)
    local folder = quote(ca_folder(seen))
    local address = seen.host:find "^127%." and seen.host or seen.host == "localhost" and "127.0.0.1" or "0.0.0.0"
    local listen = ("--listen tls+tcp://%s:%s --db aluno.db"):format(address, seen.port)
    local files = "--ca %s/ca.crt --crl %s/ca.crl --cert %s/server.crt --key %s/server.key"
    return {at("service", "pgrep -a alunod"),
        at("service", ("alunod %s " .. files):format(listen, folder, folder, folder, folder))}
end

local function find_listener(seen)
    return {at("service", "pgrep -a alunod"), at("service", ("ss -ltnp 'sport = :%s'"):format(seen.port))}
end

local function reach_host(seen)
    return {at("here", "ping -c 3 " .. quote(seen.host)), table.unpack(find_listener(seen))}
end

local function wait()
    return {}, text.wait
end

local function match_versions(seen)
    return {at("service", "pkill -USR2 -x alunod", text.upgraded)},
        text.versions:format(aluno.version, seen.info.version)
end

-- ---- which of them ----

--- By layer, of which TLS has two sides, and reason: a function of what was seen and the error, which returns the
--- commands, and words better than the contract's if it knows any.
local mends = {
    settings = {OPTION_INVALID = mend_settings},
    ca = {TLS_EXPIRED = make_ca, TLS_NOT_YET_VALID = set_clock_here},
    certificate = {
        TLS_EXPIRED = renew_own, TLS_WEAK_KEY = renew_own, TLS_REVOKED = replace_own, TLS_SELF_SIGNED = replace_own,
        TLS_UNKNOWN_CA = match_ca, TLS_NOT_YET_VALID = set_clock_here,
    },
    revocations = {TLS_CRL_INVALID = write_own_list},
    address = {OPTION_INVALID = mend_address},
    dns = {ADDRESS_UNKNOWN = find_host},
    tcp = {CONNECTION_REFUSED = start_service, HOST_UNREACHABLE = reach_host, CONNECTION_TIMEOUT = reach_host},
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
    service = {ROLE_MISSING = promote_own, DRAINING = wait},
    clock = {CLOCK_DIFFERS = set_both_clocks},
    schema = {CONTRACT_DIFFERS = match_versions},
}

--- What mends an error of that layer -> {text = …, steps = {{where = …, command = …[, note = …]}, …}}
function remedy.of(layer, err, seen)
    local mend = (mends[layer] or {})[err.reason]
    local steps, words = {}, nil
    if mend then steps, words = mend(seen, err) end
    return {text = words or err.remedy, steps = steps}
end

return remedy
