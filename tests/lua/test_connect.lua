-- aluno.connect and the loop over pages, without a service.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")

check.raises("an option unknown", "there is no option 'sever'", aluno.connect, {sever = "x"})
check.raises("an option of the wrong type", "option 'timeout' must be a number, not a string", aluno.connect,
    {timeout = "5"})
check.raises("a deadline out of range", "from 0.001 to 86400 seconds", aluno.connect, {timeout = 0})

local client, err = aluno.connect {ca = "/nowhere/ca.crt", cert = "/nowhere/a.crt", key = "/nowhere/a.key"}
check.same("a file that is missing", {client, err.code, err.reason}, {nil, "INVALID_ARGUMENT", "OPTION_INVALID"})
client, err = aluno.connect {purpose = "a@exemplo.com"}
check.same("a purpose with an address", {client, err.reason, err.message:find "exemplo"}, {nil, "OPTION_INVALID"})
check.raises("a purpose that is none", "option 'purpose' must be a string", aluno.connect, {purpose = 5})
client, err = aluno.connect {language = "fr"}
check.same("a language unknown", {client, err.reason}, {nil, "OPTION_INVALID"})

--- Returns a client whose service has these pages.
local function fake(pages)
    return {list = function(_, query)
        local page = pages[tonumber(query.page_token or 1)]
        return page.students and page, page.err
    end}
end

local function names(pages)
    local found = {}
    for student in check.inside("core").client.each(fake(pages), {page_size = 2}) do
        found[#found + 1] = student.name
    end
    return found
end

check.same("no student", names {{students = {}}}, {})
check.same("one page", names {{students = {{name = "Ana"}}}}, {"Ana"})
check.same("pages, an empty one among them", names {
    {students = {{name = "Ana"}, {name = "Bia"}}, next_page_token = "2"},
    {students = {}, next_page_token = "3"},
    {students = {{name = "Caio"}}},
}, {"Ana", "Bia", "Caio"})
check.raises("a page that fails", "gone", names, {{students = {}, next_page_token = "2"}, {err = "gone"}})

-- A strict client raises the error itself.
local fine, raised = pcall(aluno.connect, {strict = true, ca = "/nowhere/ca.crt"})
check.same("connect, strict", {fine, aluno.is_error(raised), raised.reason}, {false, true, "OPTION_INVALID"})
check.raises("a strictness that is none", "option 'strict' must be a boolean, not a number", aluno.connect, {strict = 1})
