-- When certificates end: the warning for a person whose own ends soon.
local core = require "core"
local language = require "client.language"

local day = 24 * 60 * 60

local text = language.of {
    pt = {
        soon = "Aviso: o seu certificado vale só até %s (%d dias). Peça um novo à escola",
        today = "Aviso: o seu certificado vence hoje. Peça um novo à escola",
        date = "%d/%m/%Y",
    },
    en = {
        soon = "Warning: your certificate is good only until %s (%d days). Ask the school for a new one",
        today = "Warning: your certificate ends today. Ask the school for a new one",
        date = "%Y-%m-%d",
    },
}

local expiry = {days_ahead = 30} -- how long before the end a warning comes

--- A date, of Unix seconds.
function expiry.date(seconds)
    return os.date(text.date, seconds)
end

--- Returns the warning for a certificate that ends at `ends`, both in Unix seconds; nil when there is time, or when it has
--- ended: the refusal says so.
function expiry.words(ends, now)
    local days = (ends - now) // day
    if ends <= now or days >= expiry.days_ahead then return nil end
    return days == 0 and text.today or text.soon:format(expiry.date(ends), days)
end

--- Writes the warning, if any, for the person at a terminal. A file that cannot be read is reported by the call that uses it.
function expiry.warn(io)
    local file = os.getenv "ALUNO_CERT"
    local facts = io.interactive and file and core.probe.certificate(file)
    local words = facts and expiry.words(facts.not_after // 1000, os.time())
    if words then io.say(words) end
end

return expiry
