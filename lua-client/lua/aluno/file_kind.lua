-- Detects files that are no CSV by their first bytes. The messages use the words of the program that wrote the file.
local core = require "core"

local file_kind = {}

local texts = {
    pt = {
        xlsx = {"é uma pasta de trabalho do Excel (.xlsx)", "salve-a no Excel como \"CSV UTF-8 (delimitado por vírgulas)\""},
        xls = {"é uma pasta de trabalho do Excel 97-2003 (.xls), ou uma protegida por senha",
            "abra-a no Excel e salve-a como \"CSV UTF-8 (delimitado por vírgulas)\" ou como .xlsx"},
        ods = {"é uma planilha do LibreOffice (.ods)", "salve-a como \"Texto CSV\", em UTF-8"},
        docx = {"é um documento do Word (.docx)", "copie a tabela para uma planilha e salve-a como \"CSV UTF-8\""},
        zip = {"é um arquivo compactado (.zip)", "extraia dele a planilha e salve-a como \"CSV UTF-8\""},
        gzip = {"é um arquivo compactado (.gz)", "extraia dele a planilha: gunzip"},
        packed = {"é um arquivo compactado (.7z ou .rar)", "extraia dele a planilha e salve-a como \"CSV UTF-8\""},
        numbers = {"é uma planilha do Numbers", "exporte-a como CSV, em UTF-8"},
        mail = {"é um e-mail, ou uma página salva de um", "abra-o, salve o anexo, e importe-o"},
        binary = {"não é um texto", "peça a planilha, e salve-a como \"CSV UTF-8\""},
        pdf = {"é um PDF", "peça a planilha de que ele foi feito, e salve-a como \"CSV UTF-8\""},
        html = {"é uma página HTML, mesmo que se chame .xls",
            "abra-a no Excel e salve-a como \"CSV UTF-8 (delimitado por vírgulas)\""},
        xml = {"é XML", "abra-o no Excel e salve-o como \"CSV UTF-8 (delimitado por vírgulas)\""},
        rtf = {"é um documento RTF", "copie a tabela para uma planilha e salve-a como \"CSV UTF-8\""},
        age = {"é um arquivo cifrado (age)", "decifre-o antes: age --decrypt -i CHAVE turma.csv.age >turma.csv"},
        json = {"é JSON", "importe CSV; de JSON, um script pode cadastrar: SCRIPTING.md"},
        image = {"é uma imagem", "peça a planilha"},
    },
    en = {
        xlsx = {"it is an Excel workbook (.xlsx)", "save it in Excel as \"CSV UTF-8 (comma delimited)\""},
        xls = {"it is an Excel 97-2003 workbook (.xls), or one with a password",
            "open it in Excel and save it as \"CSV UTF-8 (comma delimited)\" or as .xlsx"},
        ods = {"it is a LibreOffice spreadsheet (.ods)", "save it as \"Text CSV\", in UTF-8"},
        docx = {"it is a Word document (.docx)", "copy the table into a spreadsheet and save that as \"CSV UTF-8\""},
        zip = {"it is a compressed file (.zip)", "extract the spreadsheet and save it as \"CSV UTF-8\""},
        gzip = {"it is a compressed file (.gz)", "extract the spreadsheet: gunzip"},
        packed = {"it is a compressed file (.7z or .rar)", "extract the spreadsheet and save it as \"CSV UTF-8\""},
        numbers = {"it is a spreadsheet of Numbers", "export it as CSV, in UTF-8"},
        mail = {"it is an e-mail, or a page saved as one", "open it, save what is attached, and import that"},
        binary = {"it is no text", "ask for the spreadsheet, and save it as \"CSV UTF-8\""},
        pdf = {"it is a PDF", "ask for the spreadsheet that it was made of, and save that as \"CSV UTF-8\""},
        html = {"it is an HTML page, even if it is called .xls",
            "open it in Excel and save it as \"CSV UTF-8 (comma delimited)\""},
        xml = {"it is XML", "open it in Excel and save it as \"CSV UTF-8 (comma delimited)\""},
        rtf = {"it is an RTF document", "copy the table into a spreadsheet and save that as \"CSV UTF-8\""},
        age = {"it is an encrypted file (age)", "decrypt it first: age --decrypt -i KEY class.csv.age >class.csv"},
        json = {"it is JSON", "import CSV; a script may register from JSON: SCRIPTING.md"},
        image = {"it is an image", "ask for the spreadsheet"},
    },
}

--- The kind of a ZIP archive, by the names of its first files.
local function archive(head)
    if head:find("mimetypeapplication/vnd.oasis.opendocument", 1, true) then return "ods" end
    if head:find("word/", 1, true) then return "docx" end
    if head:find("Index/", 1, true) and head:find(".iwa", 1, true) then return "numbers" end
    local is_other = #head > 1000 and not head:find("xl/", 1, true) and not head:find("[Content_Types].xml", 1, true) and
        not head:find("_rels", 1, true)
    return is_other and "zip" or "xlsx"
end

local magic = {
    {"^PK[\3\5\7]", archive},
    {"^\xD0\xCF\x11\xE0", "xls"}, {"^\x09[\0\2\4\8][\4\6\8]\0", "xls"},
    {"^age%-encryption%.org/", "age"}, {"^\x1F\x8B", "gzip"}, {"^7z\xBC\xAF", "packed"}, {"^Rar!\x1A", "packed"},
    {"^{\\rtf", "rtf"},
    {"^\x89PNG", "image"}, {"^\xFF\xD8\xFF", "image"}, {"^GIF8", "image"},
}

local control_most = 0.05 -- of a text's bytes; more are a program's

local function is_binary(head)
    local _, count = head:gsub("[\0-\8\14-\25\28-\31]", "")
    return count > control_most * #head
end

--- The kind of a file that begins so: a key of `texts` | nil, when it may be CSV
function file_kind.of(head)
    for _, row in ipairs(magic) do
        if head:find(row[1]) then return type(row[2]) == "string" and row[2] or row[2](head) end
    end
    local text = head:gsub("^\xEF\xBB\xBF", ""):match "^%s*(.*)":sub(1, 1024):lower()
    if text:find "^%%pdf%-" then return "pdf" end
    if text:find "^<!doctype html" or text:find "^<html" or text:find "^<table" or text:find "^<meta" or
        text:find "^<head" or text:find "^<style" or text:find "^<!%-%-" or text:find "^<div" then return "html" end
    if text:find "^<%?xml" then return text:find("<html", 1, true) and "html" or "xml" end
    if text:find '^[%[{]%s*["{%[]' then return "json" end
    if text:find "^mime%-version:" or text:find "^from: [^\n]*\n[%a-]+: " then return "mail" end
    return is_binary(head) and "binary" or nil
end

--- The error that refuses a file of that kind -> nil, error
function file_kind.refuse(kind)
    local what, remedy = table.unpack(texts[core.language][kind])
    local _, err = core.fail("FILE_NOT_CSV", what)
    err.remedy = remedy
    return nil, err
end

return file_kind
