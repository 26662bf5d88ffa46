-- The layers between this client and the service, checked in the order in which a connection meets them, until one
-- fails: settings, certificates, address, network, TLS, service, clocks, contract.
--
-- A layer is a function of `seen`, the state so far (settings, facts of files, the client), which it extends. It
-- returns a text of its findings, and for a problem also "warning" or "failed" and an error, whose reason selects the
-- remedy.
local aluno = require "aluno"
local core = require "core"
local errors = require "client.errors"
local dates = require "client.dates"
local expiry = require "client.expiry"
local language = require "client.language"
local lists = require "aluno.lists"
local remedy_of = require "commands.diagnose.remedies"

local diagnosis = {}

local patience = 8      -- seconds for a connection; the SDK itself ends a handshake after 5
local address_patience = 2 -- for one of several addresses, by itself
local attempts = 3      -- a reset may arrive before the alert with the reason
local skew_allowed = 60 -- seconds between the two clocks
local day = 24 * 60 * 60 * 1000

local text = language.choose {
    missing = {pt = "faltam %s", en = "not set: %s"},
    days = {pt = "vence em %s (%d dias)", en = "ends on %s (%d days)"},
    ended = {pt = "venceu em %s", en = "ended on %s"},
    begins = {pt = "só vale a partir de %s", en = "not valid before %s"},
    role = {pt = "papel %s", en = "role %s"},
    no_role = {pt = "sem papel que o serviço conheça (%s)", en = "without a role that the service knows (%s)"},
    issuer = {pt = "emitido por %s", en = "made by %s"},
    for_client = {pt = "de cliente", en = "for a client"},
    for_service = {pt = "de serviço", en = "for a service"},
    serial = {pt = "série %s", en = "serial %s"},
    no_list = {pt = "sem lista: só o serviço confere revogações",
        en = "no list: only the service looks for revocations"},
    list = {pt = "%d revogados, lista de %s (há %d dias), vale até %s",
        en = "%d revoked, list of %s (%d days old), good until %s"},
    numeric = {pt = "%s já é um endereço", en = "%s is an address already"},
    listens = {pt = "%s porta %s atende", en = "%s port %s answers"},
    accepted = {pt = "aceitamos o serviço e ele nos aceitou", en = "we accept the service, and it accepts us"},
    refuse = {pt = "recusamos o serviço: %s", en = "we refuse the service: %s"},
    refused = {pt = "o serviço nos recusa: %s", en = "the service refuses us: %s"},
    service = {pt = "versão %s, sobre %s, no ar desde %s; para ele você é %s, papel %s",
        en = "version %s, over %s, up since %s; to it you are %s, role %s"},
    not_serving = {pt = "o serviço não está atendendo: %s", en = "the service is not serving: %s"},
    same_clock = {pt = "diferença de %d s", en = "%d s apart"},
    other_clock = {pt = "o relógio do serviço está %d s %s do daqui",
        en = "the service's clock is %d s %s the one here"},
    ahead = {pt = "à frente", en = "ahead of"},
    behind = {pt = "atrás", en = "behind"},
    same_schema = {pt = "%d métodos e %d campos, iguais dos dois lados",
        en = "%d methods and %d fields, alike on both sides"},
    lacks = {pt = "falta no serviço: %s", en = "the service lacks: %s"},
    extra = {pt = "só o serviço tem: %s", en = "only the service has: %s"},
    differs = {pt = "diferente no serviço: %s", en = "differs at the service: %s"},
}

local function date(ms)
    return expiry.date(ms // 1000)
end

local function quantity(list, most)
    local shown = table.concat(list, ", ", 1, math.min(#list, most))
    return #list > most and ("%s … (%d)"):format(shown, #list) or shown
end

-- ---- settings and certificates ----

local layers = {}

function layers.settings(seen)
    local known = core.probe.settings()
    seen.missing = lists.map({"ca", "cert", "key"}, function(key) return not seen[key] and key end)
    if #seen.missing > 0 then
        local unset = lists.map(seen.missing, function(key)
            return ("%s (%s)"):format(known[key].flag, known[key].environment)
        end)
        return text.missing:format(table.concat(unset, ", ")), "failed", errors.new "OPTION_INVALID"
    end
    local fine, err = core.probe.credentials(seen.ca, seen.cert, seen.key, seen.crl)
    if not fine and not err.reason:find "^TLS_" then return err.message, "failed", err end
    seen.credentials_error = err
    return table.concat(lists.map({"ca", "cert", "key", "crl"}, function(key)
        return seen[key] and known[key].flag .. " " .. seen[key]
    end), ", ")
end

--- Returns the validity of a certificate as text, and "SOON" or the reason of a refusal if it is too short.
local function validity(facts, seen)
    if facts.not_before > seen.now then return text.begins:format(date(facts.not_before)), "TLS_NOT_YET_VALID" end
    if facts.not_after <= seen.now then return text.ended:format(date(facts.not_after)), "TLS_EXPIRED" end
    local left = (facts.not_after - seen.now) // day
    return text.days:format(date(facts.not_after), left), left < expiry.days_ahead and "SOON" or nil
end

function layers.ca(seen)
    local facts, err = core.probe.certificate(seen.ca)
    if not facts then return err.message, "failed", err end
    local words, reason = validity(facts, seen)
    words = facts.name .. ", " .. words
    local refusal = seen.credentials_error
    if reason and refusal and refusal.reason == reason then return words, "failed", refusal end
    if reason then return words, "warning", errors.new "TLS_EXPIRED" end
    return words
end

function layers.certificate(seen)
    local facts, unread = core.probe.certificate(seen.cert)
    if not facts then return unread.message, "failed", unread end
    seen.certificate = facts
    local lasting, reason = validity(facts, seen)
    local known = facts.role ~= "none"
    local uses = lists.map({"for_client", "for_service"}, function(use) return facts[use] and text[use] end)
    local words = table.concat({facts.name, (known and text.role or text.no_role):format(facts.unit),
        table.concat(uses, ", "), text.issuer:format(facts.issuer), lasting, text.serial:format(facts.serial)}, ", ")
    local err = seen.credentials_error
    if err and err.reason ~= "TLS_CRL_INVALID" then return words .. ": " .. err.message, "failed", err end
    if reason then return words, "warning", errors.new "TLS_EXPIRED" end
    if not known then return words, "warning", errors.new "ROLE_MISSING" end
    return words
end

function layers.revocations(seen)
    if not seen.crl then return text.no_list end
    local list, unread = core.probe.revocations(seen.crl)
    if not list then return unread.message, "failed", unread end
    local words = text.list:format(list.count, date(list.this_update), (seen.now - list.this_update) // day,
        date(list.next_update))
    if seen.credentials_error then return words .. ": " .. seen.credentials_error.message, "failed", seen.credentials_error end
    if list.next_update - seen.now < expiry.days_ahead * day then return words, "warning", errors.new "TLS_CRL_INVALID" end
    return words
end

-- ---- the network ----

function layers.address(seen)
    local client, err = aluno.connect {server = seen.server}
    if not client then return err.message, "failed", err end
    seen.client = client
    seen.host, seen.port = seen.server:gsub("^tls%+tcp://", ""):match "^%[?(.-)%]?:(%d+)$"
    return seen.server
end

function layers.dns(seen)
    if seen.host:find "^[%d.]+$" or seen.host:find ":" then return text.numeric:format(seen.host) end
    local addresses, err = core.probe.resolve(seen.host)
    if not addresses then return err.message, "failed", err end
    seen.addresses = addresses
    return ("%s: %s"):format(seen.host, quantity(addresses, 4))
end

--- Whether the service was reached. The detail of a handshake's error begins with "->" or "<-", which says who refused
--- whom.
local function is_of_handshake(err)
    return err.reason == "CONNECTION_LOST" or err.detail:find "^<?%->?" ~= nil
end

--- Connects to each of several addresses by itself -> what is wrong with those that fail, in words; the error of one that
--- does not even refuse.
local function failing_addresses(seen)
    local failing, silent = {}, nil
    local several = #(seen.addresses or {}) > 1 and seen.addresses or {}
    for _, address in ipairs(several) do
        local server = (address:find ":" and "[%s]:%s" or "%s:%s"):format(address, seen.port)
        local client <close> = assert(aluno.connect {server = server, tls_name = seen.tls_name or seen.host})
        local ready, err = client:ready(address_patience)
        if not ready and not is_of_handshake(err) then
            failing[#failing + 1] = err.message
            if err.reason ~= "CONNECTION_REFUSED" then silent = err end
        end
    end
    return failing, silent
end

--- Connects.
function layers.tcp(seen)
    local ready, err = seen.client:ready(patience)
    for _ = 2, attempts do
        if ready or err.reason ~= "CONNECTION_LOST" then break end
        seen.client:close()
        seen.client = aluno.connect {server = seen.server}
        ready, err = seen.client:ready(patience)
    end
    seen.refusal = err and is_of_handshake(err) and err or nil
    local failing, silent = failing_addresses(seen)
    local is_reached = not err or seen.refusal
    local found = is_reached and text.listens:format(seen.host, seen.port) or err.message
    found = table.concat(lists.join({found}, failing), "; ")
    if not is_reached then return found, "failed", err end
    return found, silent and "warning", silent, "tcp_address"
end

function layers.tls(seen)
    local err = seen.refusal
    if not err then return text.accepted end
    if not err.reason:find "^TLS_" then return err.message, "failed", err, "tls_theirs" end
    if err.detail:find "^<%-" then return text.refused:format(err.message), "failed", err, "tls_ours" end
    return text.refuse:format(err.message), "failed", err, "tls_theirs"
end

-- ---- the service ----

function layers.service(seen)
    local health, unheard = seen.client:call("grpc.health.v1.Health/Check", {})
    if not health then return unheard.message, "failed", unheard end
    if health.status ~= "SERVING" then
        local err = errors.new(health.reason or "DRAINING")
        return text.not_serving:format(err.message), "failed", err
    end
    local asked = os.time()
    local info, refused = seen.client:call("aluno.v1.ServerService/GetServerInfo", {})
    if not info then return refused.message, "failed", refused end
    seen.info, seen.skew = info, info.server_time // 1000 - (asked + os.time()) // 2
    local store = info.store or "SQLite" -- a service that does not say knows no other
    return text.service:format(info.version, store, dates.text(info.start_time), info.caller_name, info.caller_role)
end

function layers.clock(seen)
    local apart = math.abs(seen.skew)
    if apart <= skew_allowed then return text.same_clock:format(apart) end
    local words = text.other_clock:format(apart, seen.skew > 0 and text.ahead or text.behind)
    return words, "warning", errors.new "CLOCK_DIFFERS"
end

--- Returns the contract as two sets, of methods and of fields: names, each with the properties that must agree.
local function set_of(methods, fields)
    local set = {}
    for _, method in ipairs(methods) do
        set[method.name] = ("%s %s %s"):format(method.request, method.reply, method.role)
    end
    for _, field in ipairs(fields) do
        set[field.message .. "." .. field.name] = ("%s %s %s"):format(field.kind, field.presence, field.type or "")
    end
    return set
end

--- The fields of the methods' messages and of those nested in them, as Describe would list them.
local function own_fields()
    local fields, listed = {}, {}
    local function add(name)
        if not name or listed[name] then return end
        listed[name] = true
        for _, field in ipairs(aluno.schema.messages[name].fields) do
            fields[#fields + 1] = lists.copy(field, {message = name})
            add(field.type)
        end
    end
    for _, method in ipairs(aluno.schema.methods) do
        add(method.request)
        add(method.reply)
    end
    return fields
end

--- The names in `a` that `b` lacks, sorted.
local function absent(a, b)
    return lists.map(lists.keys(a), function(name) return b[name] == nil and name end)
end

function layers.schema(seen)
    local described, err = seen.client:call("aluno.v1.ServerService/Describe", {})
    if not described then return err.message, "failed", err end
    local fields = own_fields()
    local here, there = set_of(aluno.schema.methods, fields), set_of(described.methods, described.fields)
    local lacks, extra = absent(here, there), absent(there, here)
    local differs = lists.map(lists.keys(here), function(name)
        return there[name] ~= nil and there[name] ~= here[name] and name
    end)
    local found = lists.map({{text.lacks, lacks}, {text.differs, differs}, {text.extra, extra}}, function(part)
        return #part[2] > 0 and part[1]:format(quantity(part[2], 5))
    end)
    if #found == 0 then return text.same_schema:format(#aluno.schema.methods, #fields) end
    local state = #lacks + #differs == 0 and "warning" or "failed"
    return table.concat(found, "; "), state, errors.new "CONTRACT_DIFFERS"
end

-- ---- the walk ----

--- Checks one layer -> {layer =, state = "ok" | "warning" | "failed", found =[, reason =, code =, remedy =]}
function diagnosis.layer(name, seen)
    local found, state, err, side = layers[name](seen)
    return {
        layer = name, state = state or "ok", found = found, reason = err and err.reason, code = err and err.code,
        remedy = err and remedy_of(side or name, err, seen),
    }
end

--- Checks these layers up to the first that fails; those after it are "unchecked". Adds to the results; returns the
--- failed one, or nil.
local function walk(names, seen, results, failed)
    for _, name in ipairs(names) do
        local result = failed and {layer = name, state = "unchecked"} or diagnosis.layer(name, seen)
        if result.state == "failed" then failed = result end
        result.server = seen.server
        results[#results + 1] = result
    end
    return failed
end

--- Checks all layers in the order in which a connection meets them: those that are the same for every address of the
--- service, then those of each address -> list of results, the first that failed or nil. The settings are those of the
--- environment.
function diagnosis.run()
    local seen, results = {now = os.time() * 1000}, {}
    for key, setting in pairs(core.probe.settings()) do
        local value = os.getenv(setting.environment)
        if value ~= "" then seen[key] = value end
    end
    local servers = seen.server or "127.0.0.1:3000"
    seen.server = nil
    local failed_here = walk({"settings", "ca", "certificate", "revocations"}, seen, results)
    local failed = failed_here
    for server in servers:gmatch "[^, ]+" do
        local there = setmetatable({server = server}, {__index = seen})
        local names = {"address", "dns", "tcp", "tls", "service", "clock", "schema"}
        local failed_there = walk(names, there, results, failed_here)
        failed = failed or failed_there
        if there.client then there.client:close() end
    end
    return results, failed
end

return diagnosis
