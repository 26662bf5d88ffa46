-- The encodings of files: their bytes as UTF-8, and which one a text is in.
--
-- A text that is no UTF-8 may be in several code pages: each byte has a character in all of them. The one is chosen in
-- which the characters are letters of Portuguese, in words of one case.
local encodings = {}

local utf8 = utf8

-- The characters of the bytes 0x80 to 0xFF; a space where there is none.
local pages = {
    cp1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿" ..
        "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    cp850 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐" ..
        "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}",
    cp860 = "ÇüéâãàÁçêÊèÍÔìÃÂÉÀÈôõòÚùÌÕÜ¢£Ù₧ÓáíóúñÑªº¿Ò¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴" ..
        "┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
    macroman = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø" ..
        "¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
}

local code_pages = {"cp1252", "cp850", "macroman"} -- that are found out, the most frequent first; CP860 resembles them

--- Five bytes of Windows-1252 have no character: they keep the control character of their number, as in browsers.
local to_utf8, to_byte = {}, {}
for name in pairs(pages) do
    local byte = 0x80
    to_utf8[name], to_byte[name] = {}, {}
    for character in pages[name]:gmatch(utf8.charpattern) do
        if character == " " then character = utf8.char(byte) end
        to_utf8[name][string.char(byte)] = character
        to_byte[name][character] = string.char(byte)
        byte = byte + 1
    end
end

local names = {
    auto = "auto", utf8 = "utf-8", utf16 = "utf-16", unicode = "utf-16",
    cp1252 = "cp1252", windows1252 = "cp1252", ["1252"] = "cp1252", ansi = "cp1252", latin1 = "cp1252",
    iso88591 = "cp1252", iso885915 = "cp1252", windows = "cp1252",
    cp850 = "cp850", ibm850 = "cp850", ["850"] = "cp850", msdos = "cp850", dos = "cp850", cp437 = "cp850",
    cp860 = "cp860", ibm860 = "cp860", ["860"] = "cp860",
    macroman = "macroman", macintosh = "macroman", mac = "macroman",
}

--- The name that this file has for an encoding, as "cp1252" for "Windows-1252"; nil for none.
function encodings.find(word)
    return names[(word:lower():gsub("[^%w]", ""))]
end

--- The name of each encoding as users read it.
encodings.titles = {
    ["utf-8"] = "UTF-8", ["utf-16"] = "UTF-16", cp1252 = "Windows-1252", cp850 = "CP850 (MS-DOS)",
    cp860 = "CP860 (MS-DOS, Portugal)",
    macroman = "Mac OS Roman",
}

--- Returns text in a code page as UTF-8.
function encodings.decode(text, name)
    return (text:gsub("[\x80-\xFF]", to_utf8[name]))
end

-- ---- how likely a text is ----

local function set_of(characters)
    local set = {}
    for character in characters:gmatch(utf8.charpattern) do
        set[character] = true
    end
    return set
end

local lower, upper = set_of "áàâãéêíóôõúçü", set_of "ÁÀÂÃÉÊÍÓÔÕÚÇÜ"
local others = set_of "ßäåæèëìîïñòöøùûýÿœšžÄÅÆÈËÌÎÏÑÒÖØÙÛÝŒŠŽŸ"
local quiet = set_of "ªº°–—‘’“”…\u{A0}"

local letter_cost, symbol_cost, case_cost = 1, 3, 3

--- The value of a character between two bytes: "" or ASCII, or those of another character.
local function value_of(character, before, after)
    if upper[character] then
        if before:find "%l" then return -case_cost end
        -- JOÃO; but LOURENÇO, not LOURENÃO
        return (character == "Ã" or character == "Õ") and after:find "[OE]" and not before:find "[NA]" and 3 or 2
    end
    if lower[character] then return before:find "%u" and after:find "%u" and 0 or 2 end
    if others[character] then return -letter_cost end
    return quiet[character] and 0 or -symbol_cost
end

--- How well the text's bytes beyond ASCII read in a code page: above 0 as Portuguese, below it as nonsense.
local function score(text, name)
    local page, sum = to_utf8[name], 0
    for at, byte in text:gmatch "()([\x80-\xFF])" do
        sum = sum + value_of(page[byte], text:sub(at - 1, at - 1), text:sub(at + 1, at + 1))
    end
    return sum
end

--- The code page in which the text reads best -> its name, by how much it is better than `prior` (or the second best)
function encodings.judge(text, prior)
    local best, best_score, second, of_prior
    for _, name in ipairs(code_pages) do
        local value = score(text, name)
        if name == prior then of_prior = value end
        if not best_score or value > best_score then
            best, best_score, second = name, value, best_score
        elseif not second or value > second then
            second = value
        end
    end
    return best, best_score - (of_prior or second)
end

--- The text in the bytes of a code page | nil, when it has a character that is not in it
local function encode(text, name)
    local fits = true
    local bytes = text:gsub("[\xC2-\xF4][\x80-\xBF]*", function(character)
        local byte = to_byte[name][character]
        fits = fits and byte ~= nil
        return byte
    end)
    return fits and bytes or nil
end

local margin = 4

--- Restores a text that was decoded by the wrong code page, as "Concei‡Æo" or "ConceiþÒo" -> the likely text | nil
function encodings.likely(text)
    if not text:find "[\xC2-\xF4]" then return nil end
    local best, best_gain
    for _, taken in ipairs(code_pages) do
        local bytes = encode(text, taken)
        local present = bytes and score(bytes, taken)
        for _, real in ipairs(bytes and present < 0 and code_pages or {}) do
            local value = score(bytes, real)
            local gain = value - present
            if gain >= margin and value > 0 and (not best_gain or gain > best_gain) then
                best, best_gain = encodings.decode(bytes, real), gain
            end
        end
    end
    return best
end

-- ---- UTF-16 ----

local function is_high(unit) return unit >= 0xD800 and unit < 0xDC00 end
local function is_low(unit) return unit >= 0xDC00 and unit < 0xE000 end

--- A function that returns the chunks of a source of UTF-16 as UTF-8. Halves of pairs become U+FFFD.
function encodings.from_utf16(source, is_big)
    local format, rest, high = is_big and ">I2" or "<I2", "", nil
    local ended = false
    return function()
        if ended then return nil end
        local chunk, out = source(), {}
        ended = chunk == nil
        local bytes = rest .. (chunk or "")
        for at = 1, #bytes - 1, 2 do
            local unit = string.unpack(format, bytes, at)
            if high and is_low(unit) then
                out[#out + 1] = utf8.char(0x10000 + ((high - 0xD800) << 10) + unit - 0xDC00)
                high = nil
            else
                if high then out[#out + 1] = "\u{FFFD}" end
                high = is_high(unit) and unit or nil
                if not high then out[#out + 1] = is_low(unit) and "\u{FFFD}" or utf8.char(unit) end
            end
        end
        rest = #bytes % 2 == 1 and bytes:sub(-1) or ""
        if ended and (high or rest ~= "") then out[#out + 1] = "\u{FFFD}" end
        return table.concat(out)
    end
end

local sampled, zeros_least = 512, 0.6 -- bytes; of the pairs, in text that is mostly ASCII

--- Whether a text begins as UTF-16 does -> "big" | "little" | nil. Without a byte order mark: most pairs of bytes have a 0
--- on the same side, and none on the other.
function encodings.utf16_order(head)
    if head:find "^\xFF\xFE" and not head:find "^\xFF\xFE\0\0" then return "little" end
    if head:find "^\xFE\xFF" then return "big" end
    local pairs_read, firsts, seconds = math.min(#head, sampled) // 2, 0, 0
    if pairs_read < 4 then return nil end
    for at = 1, 2 * pairs_read, 2 do
        local one, other = head:byte(at, at + 1)
        firsts, seconds = firsts + (one == 0 and 1 or 0), seconds + (other == 0 and 1 or 0)
    end
    local least = zeros_least * pairs_read
    if firsts == 0 and seconds >= least then return "little" end
    if seconds == 0 and firsts >= least then return "big" end
end

return encodings
