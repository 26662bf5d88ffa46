-- Moments and drafts of notices of aluno auditoria, without a service.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local moments = check.inside "client.moments"
local notice = check.inside "commands.audit.notice"

-- ---- moments ----

--- The moment in the local time, with its milliseconds.
local function shown(text, is_end)
    local moment = moments.parse(text, is_end)
    return moment and ("%s.%03d"):format(os.date("%Y-%m-%d %H:%M:%S", moment // 1000), moment % 1000)
end

for text, wanted in pairs {
    ["16/11/2026"] = {"2026-11-16 00:00:00.000", "2026-11-16 23:59:59.999"},
    ["1/2/2024"] = {"2024-02-01 00:00:00.000", "2024-02-01 23:59:59.999"},
    [" 16/11/2026 09:30 "] = {"2026-11-16 09:30:00.000", "2026-11-16 09:30:59.999"},
    ["2026-11-16"] = {"2026-11-16 00:00:00.000", "2026-11-16 23:59:59.999"},
    ["2026-11-16T09:30:05"] = {"2026-11-16 09:30:05.000", "2026-11-16 09:30:05.999"},
} do
    check.same(text, {shown(text), shown(text, true)}, wanted)
end
check.same("in UTC", os.date("!%Y-%m-%dT%H:%M:%SZ", moments.parse "2026-11-16T12:30:05Z" // 1000), "2026-11-16T12:30:05Z")
for _, text in ipairs {"", "x", "30/02/2026", "16/11/2026 24:00", "16/11/2026 09:60", "16/11/2026x", "16/11/26", "1/1/1969"} do
    check.same("no moment: " .. text, moments.parse(text), nil)
end

-- ---- the draft ----

local function holds(title, text, wanted)
    check.same(title, text:find(wanted, 1, true) ~= nil, true)
end

local nothing = {
    rows = {}, names = {}, serials = {}, addresses = {}, purposes = {}, seen = "", changed = "", reads = 0, changes = 0,
    refusals = 0,
}
local draft = notice.write(nothing)
holds("nobody", draft, "Titulares atingidos: 0 (com dados vistos: 0; com dados alterados: 0)")
holds("unknown times are blank", draft, "Período examinado: ____ a ____")
check.same("every place is filled in", draft:find("{{", 1, true), nil)
