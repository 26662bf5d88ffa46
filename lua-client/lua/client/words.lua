-- Splits a line of the prompt into words.
local language = require "client.language"

local words = {}

--- Splits a line at its spaces; "…" and '…' keep theirs -> words | nil, problem
function words.split(line)
    local found, at = {}, line:find "%S"
    while at do
        local word = ""
        while at <= #line and not line:find("^%s", at) do
            local quote = line:match("^[\"']", at)
            local from = quote and at + 1 or at
            local stop = line:find(quote or "[%s\"']", from)
            if quote and not stop then return nil, language.unclosed_quote end
            stop = stop or #line + 1
            word = word .. line:sub(from, stop - 1)
            at = quote and stop + 1 or stop
        end
        found[#found + 1] = word
        at = line:find("%S", at)
    end
    return found
end

--- Quotes a word if words.split would split it.
function words.quote(word)
    if word ~= "" and not word:find "[%s\"']" then return word end
    return word:find '"' and "'" .. word .. "'" or '"' .. word .. '"'
end

return words
