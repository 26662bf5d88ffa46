-- Untrusted text reaches the terminal without control characters: in tables, errors, reports of imports, completion of files.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local completion = check.inside "repl.completion"
local errors = check.inside "client.errors"
local grid = check.inside "client.grid"
local printable = check.inside "aluno.printable"
local report = check.inside "commands.import.report"
local schema = check.inside "client.schema"
local summary = check.inside "commands.import.summary"

for text, wanted in pairs {
    [""] = "",
    ["João — “nº 7”…\u{A0}日本"] = "João — “nº 7”…\u{A0}日本",
    ["a\27[2J\nb\127\0c"] = "a [2J b c",
    ["a\u{80}\u{9B}2Jb\u{9F}"] = "a  2Jb ",
    ["\u{61C}\u{200E}a\u{200F}\u{2028}b\u{202A}\u{202E}\u{2066}\u{2069}"] = "  a  b    ",
    ["\u{60C}\u{200D}\u{202F}\u{2070}"] = "\u{60C}\u{200D}\u{202F}\u{2070}", -- their neighbours
} do
    check.same(("%q"):format(text), printable(text), wanted)
end

local hostile, harmless = "a\27[2J\u{9B}2Jb\u{202E}c", "a [2J 2Jb c"

check.same("a table", grid.lines({schema.field("Student", "name")}, {{name = hostile}})[2], harmless)

local function said_by(f, ...)
    local said = {}
    f(..., function(line) said[#said + 1] = line end)
    return table.concat(said, "\n")
end

local err = errors.new("FILE_UNUSABLE", hostile, "")
err.violations = {{field = "?", reason = "FIELD_KIND", message = hostile}}
check.same("an error", said_by(errors.report, err), "A [2J 2Jb c\n  ?: " .. harmless)

local imported = summary.new(false)
imported.sheet, imported.sheets = hostile, {{name = hostile}, {name = hostile}}
local sheets = said_by(report.write, imported)
check.same("a sheet's name", {sheets:find(harmless, 1, true) ~= nil, sheets:find "[\27\u{9B}]"}, {true})

local folder = os.tmpname()
os.remove(folder)
assert(os.execute(("mkdir '%s' && touch '%s/%s.csv' '%s/%s.txt'"):format(folder, folder, hostile, folder, hostile)))
local _, text, lines = completion.complete(("importar %s/a\27[2J\u{9B}2Jb\u{202E}c."):format(folder))
check.same("names of files", {text, lines:match "[^/]*$"}, {nil, harmless .. ".txt"})
assert(os.execute(("rm -r '%s'"):format(folder)))
