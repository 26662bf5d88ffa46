-- PDF of a page of HTML, printed by Chromium, which runs without a window and with a profile of its own.
local errors = require "client.errors"
local language = require "client.language"
local new_file = require "client.new_file"
local shell = require "client.shell"

local pdf = {}

local text = language.of {
    pt = {
        missing = "para gravar PDF falta o Chromium",
        remedy = "instale-o (apt-get install chromium); ou grave turma.html, abra no navegador e imprima como PDF",
        folder = "não há lugar para arquivos temporários",
        failed = "o Chromium não gravou o PDF%s",
        instead = "grave turma.html, abra no navegador e imprima como PDF",
    },
    en = {
        missing = "writing PDF needs Chromium",
        remedy = "install it (apt-get install chromium); or write class.html, open it in the browser and print it as PDF",
        folder = "there is no place for temporary files",
        failed = "Chromium did not write the PDF%s",
        instead = "write class.html, open it in the browser and print it as PDF",
    },
}

local programs = {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

local seconds_most = 600

--- Only root needs the last option: it can have no sandbox.
local command = "cd %s && timeout --foreground %d %s --headless --disable-gpu --disable-background-networking " ..
    "--no-first-run --user-data-dir=profile --no-pdf-header-footer --print-to-pdf=page.pdf " ..
    "$(test \"$(id -u)\" != 0 || echo --no-sandbox) page.html </dev/null >messages 2>&1"

--- The program that prints -> its path | nil, error
function pdf.program()
    for _, name in ipairs(programs) do
        local path = shell.ask("command -v " .. name)
        if path then return path end
    end
    return nil, errors.new("FILE_UNUSABLE", text.missing, text.remedy)
end

local function failure(why)
    return nil, errors.new("FILE_UNUSABLE", text.failed:format(why and ": " .. why or ""), text.instead)
end

--- Prints in that folder, which is empty -> the PDF | nil, error
local function print_in(folder, program, html)
    local written, err = new_file.write(folder .. "/page.html", html, {})
    if not written then return failure(err.message) end
    os.execute(command:format(shell.quote(folder), seconds_most, shell.quote(program)))
    local file <close> = io.open(folder .. "/page.pdf", "rb")
    local content = file and file:read "a"
    if not content or content:sub(1, 5) ~= "%PDF-" then return failure() end
    return content
end

--- Prints a page with that program -> the PDF | nil, error
function pdf.print(program, html)
    local folder = shell.ask "mktemp -d"
    if not folder then return failure(text.folder) end
    local _ <close> = setmetatable({}, {__close = function() os.execute("rm -rf " .. shell.quote(folder)) end})
    return print_in(folder, program, html)
end

return pdf
