-- Text that a person did not write here, for a terminal: of a spreadsheet, a certificate, a file's name. Control characters
-- (C0, DEL, C1), which the terminal would carry out, and those that reverse or divide a line are replaced.

local controls = {
    "%c+",
    "\xC2[\x80-\x9F]", -- U+0080 to U+009F: C1
    "\xD8\x9C", -- U+061C: Arabic letter mark
    "\xE2\x80[\x8E\x8F\xA8-\xAE]", -- U+200E, U+200F, U+2028 to U+202E: direction, ends of lines and paragraphs
    "\xE2\x81[\xA6-\xA9]", -- U+2066 to U+2069: isolates of direction
}

--- Returns the text with a space for each run of ASCII controls, and for each other one; or, for each, what by(controls)
--- returns.
local function printable(text, by)
    if not text:find "[%c\xC2\xD8\xE2]" then return text end
    for _, control in ipairs(controls) do
        text = text:gsub(control, by or " ")
    end
    return text
end

return printable
