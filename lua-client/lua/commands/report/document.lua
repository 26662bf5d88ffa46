-- A document of HTML in one file: without scripts and with nothing from elsewhere, in the style of reports.
local markup = require "commands.report.markup"
local style = require "commands.report.style"

local document = {}

-- Nothing in it loads or runs, whatever a name holds.
local policy = "default-src 'none'; style-src 'unsafe-inline'"

--- The document with that title and content, which is markup -> text
function document.write(lang, title, content)
    return "<!DOCTYPE html>\n" .. ('<html lang="%s">\n<head>\n<meta charset="utf-8">\n'):format(lang) ..
        ('<meta http-equiv="Content-Security-Policy" content="%s">\n'):format(policy) ..
        '<meta name="viewport" content="width=device-width">\n' ..
        markup.text("title", {}, title) .. "\n<style>\n" .. style .. "</style>\n</head>\n<body>\n<main>\n" ..
        content .. "</main>\n</body>\n</html>\n"
end

return document
