-- Calls as lines of a script: parameters, references, and omitted calls.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local transcript = check.inside "commands.record.transcript"

local request_id = 0

--- Returns the line of a call with that reply.
local function line(script, verb, request, reply, more)
    request_id = request_id + 1
    local metadata = {request_id = "r" .. request_id}
    for key, value in pairs(more or {}) do
        metadata[key] = value
    end
    return script:line(check.method(verb), request, reply, nil, metadata)
end

local function student(id, name, cpf, etag)
    return {id = id, name = name, age = 9, br_document = cpf, email = "a@b.co", etag = etag or "1"}
end

local ana, bia = "52998224725", "11144477735"

local script = transcript.new()
check.same("somebody who was there before, by id", line(script, "obter", {id = 7}, student(7, "Ana", ana, "4")),
    "s.aluno1 = c:obter {id = 7}")
check.same("is known from then on",
    line(script, "atualizar", {id = 7, etag = "4", aluno = {nome = "Ana Sá"}}, student(7, "Ana Sá", ana, "5")),
    "s.aluno1 = c:atualizar {id = s.aluno1.id, aluno = {nome = p.aluno1.nome}, etag = s.aluno1.etag}")
check.same("by CPF too, as it is typed",
    line(script, "deletar", {cpf = "529.982.247-25"}, student(7, "Ana Sá", ana, "6")),
    "s.aluno1 = c:deletar {cpf = p.aluno1.cpf}")
check.same("another with the same CPF", line(script, "create", {name = "Ana", age = 9, cpf = ana, email = "a@b.co"},
    student(8, "Ana", ana)),
    "s.aluno2 = c:criar {aluno = {nome = p.aluno2.nome, idade = 9, cpf = p.aluno2.cpf, email = p.aluno2.email}}")
check.same("has it now", line(script, "obter", {cpf = ana}, student(8, "Ana", ana)),
    "s.aluno2 = c:obter {cpf = p.aluno2.cpf}")
check.same("an etag of elsewhere is left out",
    line(script, "deletar", {id = 8, etag = "77"}, student(8, "Ana", ana, "2")),
    "s.aluno2 = c:deletar {id = s.aluno2.id}")
check.same("a dry run creates no student",
    line(script, "criar", {nome = "Bia", idade = 9, cpf = bia, email = "b@b.co", apenas_validar = true},
        student(9, "Bia", bia), {validate_only = true}),
    "c:criar {aluno = {nome = p.aluno3.nome, idade = 9, cpf = p.aluno3.cpf, email = p.aluno3.email}, " ..
        "apenas_validar = true}")
check.same("so the id is nobody's", line(script, "obter", {id = 9}, student(9, "Rui", "93541134780")),
    "s.aluno4 = c:obter {id = 9}")

check.same("a search is personal", line(script, "listar", {busca = "ana", ordem = "name"}, {students = {}}),
    'c:listar {busca = p.busca1, ordem = "name"}')
check.same("the same one once", line(script, "listar", {busca = "ana"}, {students = {}}), "c:listar {busca = p.busca1}")
check.same("another has its own", line(script, "listar", {busca = "bia"}, {students = {}}), "c:listar {busca = p.busca2}")
check.same("further pages are the client's", line(script, "listar", {page_token = "abc"}, {students = {}}), nil)
check.same("a failure", script:line(check.method "deletar", {cpf = "ana"}, nil, {reason = "FIELDS_INVALID"}),
    "-- deletar falhou: FIELDS_INVALID")
local once = {request_id = "r0"}
check.same("a change", script:line(check.method "deletar", {id = 7}, student(7, "Ana", ana), nil, once),
    "s.aluno1 = c:deletar {id = s.aluno1.id}")
check.same("asked for once more", script:line(check.method "deletar", {id = 7}, student(7, "Ana", ana), nil, once), nil)

check.same("the data", script.data, {
    aluno1 = {nome = "Ana Sá", cpf = ana},
    aluno2 = {nome = "Ana", cpf = ana, email = "a@b.co"},
    aluno3 = {nome = "Bia", cpf = bia, email = "b@b.co"},
    busca1 = "ana",
    busca2 = "bia",
})
