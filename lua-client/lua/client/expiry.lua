-- Tells a person that their certificate ends soon, in time for a new one.
local core = require "core"
local language = require "client.language"

local day, days_ahead = 24 * 60 * 60, 30

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

local expiry = {}

--- Returns the warning for a certificate that ends at `ends`, both in Unix seconds; nil when there is time, or when it has
--- ended: the refusal says so.
function expiry.words(ends, now)
    local days = (ends - now) // day
    if ends <= now or days >= days_ahead then return nil end
    return days == 0 and text.today or text.soon:format(os.date(text.date, ends), days)
end

--- Says the warning, if any, to the person at a terminal. A file that cannot be read is told when it is used.
function expiry.warn(io)
    local file = os.getenv "ALUNO_CERT"
    local facts = io.interactive and file and core.probe.certificate(file)
    local words = facts and expiry.words(facts.not_after // 1000, os.time())
    if words then io.say(words) end
end

return expiry
