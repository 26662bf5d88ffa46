-- The user's settings: files of settings, the profiles in them, and which value wins.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local program = check.inside "program"
local profile = check.inside "client.profile"
local settings_file = check.inside "client.settings_file"

-- ---- files ----

--- The sections as text: "[name] key=value@line".
local function parsed(text)
    local sections, problem = settings_file.parse(text, "f")
    if not sections then return problem end
    local words = {}
    for _, section in ipairs(sections) do
        if section.name then words[#words + 1] = ("[%s]@%d"):format(section.name, section.line) end
        for _, entry in ipairs(section.entries) do
            words[#words + 1] = ("%s=%s@%d"):format(entry.name, entry.value, entry.line)
        end
    end
    return table.concat(words, " ")
end

for text, wanted in pairs {
    [""] = "",
    ["# a comment\n; another\n\n lang = en \r\n[ana]\nca=x y\n"] = "lang=en@4 [ana]@5 ca=x y@6",
    ["\xEF\xBB\xBFlang = \"en\""] = "lang=en@1",
    ["server ="] = "server=@1",
    ["ca =\n-----BEGIN A-----\r\nx=y\n-----END A-----\nlang = pt"] =
        "ca=-----BEGIN A-----\nx=y\n-----END A-----\n@1 lang=pt@5",
    ["a\n"] = "f:1: não é 'nome = valor': a",
    ["a\27[2J\n"] = "f:1: não é 'nome = valor': ?",
    ["\xFF\n"] = "f:1: não é 'nome = valor': ?",
    [("é"):rep(70)] = "f:1: não é 'nome = valor': " .. ("é"):rep(60) .. "…",
    ["lang = x\n\nlang = y"] = "f:3: lang já está na linha 1",
    ["[a]\n[b]\n[a]"] = "f:3: [a] já está na linha 1",
    ["[\0]\n[\0]"] = "f:1: o nome não é texto: em UTF-8, sem caracteres de controle",
    ["[a\27[2Jb]"] = "f:1: o nome não é texto: em UTF-8, sem caracteres de controle",
    ["[a\u{9B}2Jb]"] = "f:1: o nome não é texto: em UTF-8, sem caracteres de controle",
    ["l\xFFng = en"] = "f:1: o nome não é texto: em UTF-8, sem caracteres de controle",
    ["ca =\n-----BEGIN A-----\nx"] = "f:3: o arquivo termina dentro de um certificado ou chave",
} do
    check.same("the file " .. text, parsed(text), wanted)
end

local entries = {{name = "server", value = "b:1"}}
for before, after in pairs {
    [""] = "[b]\nserver = b:1\n",
    ["lang = en\n\n\n"] = "lang = en\n\n[b]\nserver = b:1\n",
    ["# x\n[a]\nca = x\n[b]\nserver = c\n# y\n[c]\nca = y\n"] = "# x\n[a]\nca = x\n[c]\nca = y\n\n[b]\nserver = b:1\n",
} do
    check.same("a section of " .. before, settings_file.with_section(before, "b", entries), after)
end

-- ---- profiles ----

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir -p " .. folder .. "/aluno"))
program.setenv("XDG_CONFIG_HOME", folder)
for _, variable in ipairs {"ALUNO_SERVER", "ALUNO_CA", "ALUNO_PROFILE", "ALUNO_TIMEOUT"} do
    program.setenv(variable, "")
end

--- The settings that the program takes from a file's text -> its server, CA and format | problem
local function used(text, given)
    local file <close> = assert(io.open(profile.path(), "w"))
    file:write(text)
    file:close()
    for _, variable in ipairs {"ALUNO_SERVER", "ALUNO_CA"} do
        program.setenv(variable, "")
    end
    if given.environment then program.setenv("ALUNO_SERVER", given.environment) end
    local fine, problem = profile.use(given)
    if not fine then return (problem:gsub(folder, "F")) end
    return os.getenv "ALUNO_SERVER" .. " " .. os.getenv "ALUNO_CA":gsub(folder, "F") .. " " .. tostring(given.format)
end

local two = "formato = csv\n[a]\nserver = a:1\nca = a/ca.crt\n[b]\nserver = b:1\nca = /b/ca.crt\nformat = lua\n"
for _, case in ipairs {
    {"no profile", "server = c:1\n", {}, "c:1  nil"},
    {"the first", two, {}, "a:1 F/aluno/a/ca.crt csv"},
    {"the one asked for", two, {profile = "b"}, "b:1 /b/ca.crt lua"},
    {"the file's choice", "perfil = b\n" .. two, {}, "b:1 /b/ca.crt lua"},
    {"a flag wins", two, {format = "json"}, "a:1 F/aluno/a/ca.crt json"},
    {"a flag that is in the environment", two, {server = "c:1", environment = "c:1"}, "c:1 F/aluno/a/ca.crt csv"},
    {"the environment wins", two, {environment = "d:1"}, "d:1 F/aluno/a/ca.crt csv"},
    {"an unknown one", two, {profile = "c"}, "não há o perfil c em F/aluno/config"},
    {"a misspelt one", "[maria]\n", {profile = "mria"}, "não há o perfil mria em F/aluno/config; talvez: maria"},
    {"an unknown name", "[a]\nservr = x", {}, "F/aluno/config:2: não há a opção servr; talvez: server"},
    {"an option that is no setting", "restrito = true", {}, "F/aluno/config:1: não há a opção restrito"},
    {"no value", "ca =", {}, "F/aluno/config:1: ca pede um valor"},
    {"a bad value", "[a]\nlang = fr", {}, "F/aluno/config:2: lang: pt | en, não 'fr'"},
    {"seconds", "timeout = soon", {}, "F/aluno/config:1: timeout: 0.001-86400 s, não 'soon'"},
    {"columns", "campos = nome,x", {}, "F/aluno/config:1: não há a coluna 'x'; há:"},
    {"the choice in a section", "[a]\nperfil = a", {},
        "F/aluno/config:2: perfil não é para um perfil: ponha antes da primeira [seção]"},
} do
    check.same(case[1], used(case[2], case[3]):sub(1, #case[4]), case[4])
end
used(two, {profile = "b"})
check.same("the prompt shows one of several", profile.shown(), "b")
used("[a]\n", {})
check.same("and not the only one", profile.shown(), nil)
os.remove(profile.path())
check.same("without a file", {profile.use {}}, {true})
check.same("which a profile needs", {profile.use {profile = "a"}},
    {nil, "não há o perfil a: não há o arquivo " .. folder .. "/aluno/config (veja: aluno configurar)"})
os.execute("rm -r " .. folder)
