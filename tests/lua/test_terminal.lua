-- The terminal's functions without a terminal: widths of text, names of files, and what is not there.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local terminal = check.inside "program.terminal"

for text, width in pairs {
    [""] = 0, ["Ana"] = 3, ["João"] = 4, ["Joa\u{303}o"] = 4, ["日本"] = 4, ["a\tb"] = 2,
    ["ab\xE3"] = 2, ["ab\xE3cd"] = 2, -- what is no text has no width
} do
    check.same(("the width of %q"):format(text), terminal.width(text), width)
end

local folder = os.tmpname()
os.remove(folder)
assert(os.execute(("mkdir -p '%s/dados' && touch '%s/da*dos.csv' '%s/d[a].csv'"):format(folder, folder, folder)))
check.same("the paths that begin so; a folder ends with a slash", terminal.files(folder .. "/da"),
    {folder .. "/da*dos.csv", folder .. "/dados/"})
check.same("a star is a star", terminal.files(folder .. "/da*"), {folder .. "/da*dos.csv"})
check.same("a bracket is a bracket", terminal.files(folder .. "/d["), {folder .. "/d[a].csv"})
check.same("a question mark and a backslash", {terminal.files(folder .. "/d?"), terminal.files(folder .. "/d\\")},
    {{}, {}})
check.same("a path of many characters", {terminal.files(("*"):rep(5000)), terminal.files(("a"):rep(5000))}, {{}, {}})
assert(os.execute(("rm -r '%s'"):format(folder)))

if not terminal.output then
    check.same("no size", select("#", terminal.size()), 0)
    check.same("no colour", terminal.colour, false)
    check.same("no line editor", select("#", terminal.start(print)), 0)
end
terminal.history_add "listar"
terminal.history_save "listar"
check.same("nothing was interrupted", terminal.interrupted(), false)
check.raises("a completer", "function expected, got no value", terminal.start)
