-- The warning that one's certificate ends soon.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local expiry = check.inside "client.expiry"

local day = 24 * 60 * 60
local now = os.time {year = 2026, month = 11, day = 29, hour = 12}

check.same("there is time", expiry.words(now + 30 * day, now), nil)
check.same("less than thirty days", expiry.words(now + 30 * day - 1, now),
    "Aviso: o seu certificado vale só até 29/12/2026 (29 dias). Peça um novo à escola")
check.same("hours", expiry.words(now + 3600, now), "Aviso: o seu certificado vence hoje. Peça um novo à escola")
check.same("ended: the refusal says so", expiry.words(now, now), nil)
