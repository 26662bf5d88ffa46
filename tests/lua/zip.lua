-- ZIP archives for tests, made of nothing but texts: zip{["xl/workbook.xml"] = "<workbook/>"}; entries are stored, or, as
-- {deflated = …, size = …}, deflated already.
local zip = {}

local crc_of = {}
for i = 0, 255 do
    local crc = i
    for _ = 1, 8 do
        crc = crc & 1 == 1 and 0xEDB88320 ~ (crc >> 1) or crc >> 1
    end
    crc_of[i] = crc
end

local function crc32(text)
    local crc = 0xFFFFFFFF
    for i = 1, #text do
        crc = crc_of[(crc ~ text:byte(i)) & 0xFF] ~ (crc >> 8)
    end
    return crc ~ 0xFFFFFFFF
end

--- The archive of those entries, in the order of their names.
function zip.archive(entries)
    local names, parts, central, at, directory = {}, {}, {}, 0, 0
    for name in pairs(entries) do
        names[#names + 1] = name
    end
    table.sort(names)
    for _, name in ipairs(names) do
        local entry = entries[name]
        local is_text = type(entry) == "string"
        local data = is_text and entry or entry.deflated
        local facts = string.pack("<I2I2I2I2I2I4I4I4I2I2", 20, 0, is_text and 0 or 8, 0, 33, is_text and crc32(data) or 0, #data,
            is_text and #data or entry.size, #name, 0)
        parts[#parts + 1] = "PK\3\4" .. facts .. name .. data
        central[#central + 1] = "PK\1\2" .. string.pack("<I2", 20) .. facts .. string.pack("<I2I2I2I4I4", 0, 0, 0, 0, at) .. name
        at = at + #parts[#parts]
        directory = directory + #central[#central]
    end
    return table.concat(parts) .. table.concat(central) ..
        "PK\5\6" .. string.pack("<I2I2I2I2I4I4I2", 0, 0, #names, #names, directory, at, 0)
end

--- Bytes of a string of bits, the first bit the lowest.
local function bytes_of(bits)
    return (bits:gsub("........", function(eight) return string.char(tonumber(eight:reverse(), 2)) end):gsub("[01]+$", ""))
end

local function bits_of(number, count)
    local bits = {}
    for i = 1, count do
        bits[i] = number >> (count - i) & 1
    end
    return table.concat(bits)
end

--- A bomb: `text`, then 2064 * `count` times its last byte; deflated by fixed codes, and never ended.
function zip.bomb(text, count)
    local bits = {"110"} -- the last block, of fixed codes
    for i = 1, #text do
        bits[#bits + 1] = bits_of(0x30 + text:byte(i), 8)
    end
    local start, eight = table.concat(bits), (bits_of(0xC5, 8) .. "00000"):rep(8) -- of 258 bytes each, one byte back
    local whole = #start // 8 * 8
    local repeated = bytes_of((start:sub(whole + 1) .. eight .. eight):sub(1, 208))
    return {deflated = bytes_of(start:sub(1, whole)) .. repeated:sub(1, 1) .. repeated:sub(2, 14):rep(count),
        size = #text + 2064 * count}
end

return zip
