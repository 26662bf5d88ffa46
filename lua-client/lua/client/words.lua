-- Splits a line of the prompt into words.
local language = require "client.language"

local words = {}

--- Splits a line at its spaces; "…" and '…' keep theirs -> words | nil, problem
function words.split(line)
    local found, at = {}, 1
    while true do
        at = line:find("%S", at)
        if not at then return found end
        local word = ""
        while at <= #line and not line:find("^%s", at) do
            local quote = line:match("^[\"']", at)
            local from = quote and at + 1 or at
            local stop = quote and line:find(quote, from, true) or not quote and line:find("[%s\"']", from)
            if quote and not stop then return nil, language.unclosed_quote end
            word = word .. line:sub(from, (stop or #line + 1) - 1)
            at = (stop or #line + 1) + (quote and 1 or 0)
        end
        found[#found + 1] = word
    end
end

--- Quotes a word if words.split would split it.
function words.quote(word)
    if word ~= "" and not word:find "[%s\"']" then return word end
    return word:find '"' and "'" .. word .. "'" or '"' .. word .. '"'
end

return words
