-- A script's log lines, without personal data, and its progress, with bounded updates.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local progress = check.inside "aluno.progress"

for _, case in ipairs {
    {"cpf 529.982.247-25 e 52998224725.", "cpf ***.982.247-** e ***.982.247-**."},
    {"529 982 247 25, 529982247-25, 529/982/247/25", "***.982.247-**, ***.982.247-**, ***.982.247-**"},
    {"529–982–247‑25, 529\u{A0}982\u{A0}247—25; 2026–2027", "***.982.247-**, ***.982.247-**; 2026-2027"},
    {"1–2, 300–400", "1–2, 300–400"},
    {"(11) 98765-4321, 1700000000000, id 123", "(11) 98765-4321, 1700000000000, id 123"},
    {"<joao.da-silva+x@exemplo.com.br>, José@açaí.br", "<***@***>, ***@***"},
    {"a@b", "***@***"},
} do
    check.same(case[1], aluno.log.mask(case[1]), case[2])
end

local function line(...)
    return (aluno.log.line(...):gsub("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ ", "T "))
end
check.same("a line", line("info", "imported", {rows = 100, file = "a.csv"}),
    "T level=info event=imported file=a.csv rows=100")
check.same("words in quotes", line("warn", "row refused", {a = 'x "y"\n=', b = "", c = true, d = "a=b"}),
    [[T level=warn event="row refused" a="x \"y\"\n=" b="" c=true d="a=b"]])
check.same("controls are escaped", line("info", "a\27[2J", {b = "\u{9B}2J", c = "\u{202E}x"}),
    [[T level=info event="a\x1b[2J" b="\xc2\x9b2J" c="\xe2\x80\xaex"]])
check.same("errors are masked too", line("error", "x", {err = "ana@x.com tem o CPF 11144477735"}),
    'T level=error event=x err="***@*** tem o CPF ***.444.777-**"')
check.raises("values that are none", "must be a table", aluno.log.info, "x", "y")
aluno.log.level = "loud"
check.raises("a level that is none", "no level 'loud'", aluno.log.info, "x")
aluno.log.level = "info"
aluno.log.debug("nothing is written below the level", {})

--- Returns the output of a bar whose `done` grows by one each `step` seconds.
local function run(total, steps, step, terminal)
    local now, written = 0, {}
    local bar <close> = progress.start(total, {
        terminal = terminal,
        columns = 80,
        clock = function() return now end,
        write = function(text) written[#written + 1] = text end,
    })
    for _ = 1, steps do
        now = now + step
        bar:advance()
    end
    bar:finish()
    return written
end

check.same("a bar", run(4, 4, 1, true), {
    "\r\27[K[#####---------------]  25 % 1/4 1/s, faltam 0:03",
    "\r\27[K[##########----------]  50 % 2/4 1/s, faltam 0:02",
    "\r\27[K[###############-----]  75 % 3/4 1/s, faltam 0:01",
    "\r\27[K[####################] 100 % 4/4 1/s, 0:04",
    "\r\27[K[####################] 100 % 4/4 1/s, 0:04",
    "\n",
})
check.same("no more than ten times a second", #run(10000, 10000, 0.001, true) <= 102, true)
check.same("elsewhere, a line a minute", run(120, 120, 1, false), {
    "[##########----------]  50 % 60/120 1/s, faltam 1:00\n",
    "[####################] 100 % 120/120 1/s, 2:00\n",
    "[####################] 100 % 120/120 1/s, 2:00\n",
})
check.same("no total", run(nil, 3, 1, false), {"3 1/s, 0:03\n"})
check.same("nothing to do", run(0, 0, 1, false), {"[####################] 100 % 0/0 0/s, 0:00\n"})
check.same("a narrow terminal", #run(4, 1, 1, true)[1], #"\r\27[K[#####---------------]  25 % 1/4 1/s, faltam 0:03")
check.raises("half a total", "must be a whole number", aluno.progress, 1.5)
