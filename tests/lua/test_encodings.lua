-- The code page of a text, and what a text was whose code page was taken for another.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local encodings = check.inside "aluno.encodings"

local names = {
    "João Conceição", "JOSÉ ANTÔNIO", "Antônia Gonçalves", "MARIA DA CONCEIÇÃO", "Inês Magalhães", "Luís Araújo", "Íris Lourenço",
    "ÂNGELA MÜLLER", "Zoé Peçanha", "Heloísa Simões", "Tomé Façanha", "ÉRICA PAIXÃO", "ANDRÉ ASSUNÇÃO", "Úrsula Avelãs",
}

--- The bytes of a text in a code page.
local function encode(text, page)
    local byte_of = {}
    for byte = 0x80, 0xFF do
        byte_of[encodings.decode(string.char(byte), page)] = string.char(byte)
    end
    return (text:gsub("[\xC2-\xF4][\x80-\xBF]*", byte_of))
end

for _, page in ipairs {"cp1252", "cp850", "macroman"} do
    for _, name in ipairs(names) do
        check.same(name .. " in " .. page, (encodings.judge(encode(name, page))), page)
        check.same(name .. " again", encodings.decode(encode(name, page), page), name)
    end
end
check.same("one that is never guessed", encodings.decode("Concei\x87\x84o \x8Bris", "cp860"), "Conceição Íris")
check.same("what may be either is the file's", select(2, encodings.judge("LAN\xC7A", "cp850")) < 3, true)

for _, name in ipairs(names) do
    check.same(name .. " is nothing else", encodings.likely(name), nil)
end
for _, case in ipairs {
    {"Concei‡Æo Ma‡Æ", "Conceição Maçã"}, {"ConceiþÒo", "Conceição"}, {"JosÚ", "José"}, {"Ana", nil}, {"山田太郎", nil},
    {"Müller Øster", nil}, {"Strauß", nil}, {"D’Ávila – Sá", nil}, {"Łukasz", nil}, {"Conceiçăo", nil},
} do
    check.same(case[1], encodings.likely(case[1]), case[2])
end

check.same("names of encodings", {encodings.find "UTF-8", encodings.find "Windows-1252", encodings.find "ISO-8859-1",
    encodings.find "IBM850", encodings.find "cp-860", encodings.find "MS-DOS", encodings.find "utf_16", encodings.find "xyz"},
    {"utf-8", "cp1252", "cp1252", "cp850", "cp860", "cp850", "utf-16"})
