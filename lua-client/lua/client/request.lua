-- From a command's arguments to a method's request: the student that the words mean, a search, a new CPF; and the question
-- before a removal.
local confirm = require "client.confirm"
local core = require "core"
local erasure = require "client.erasure"
local errors = require "client.errors"
local language = require "client.language"
local purpose = require "client.purpose"
local schema = require "client.schema"
local session = require "client.session"
local who = require "client.who"
local within = require "client.within"

local request = {}

local student_operand = {
    name = "who", value = {pt = "ALUNO", en = "STUDENT"}, many = true, optional = true,
    help = {pt = "O aluno: CPF, id ou parte do nome", en = "The student: CPF, id or part of the name"},
}

--- The words of a search, as an operand of a command.
request.search_operand = {
    name = "words", value = {pt = "BUSCA", en = "SEARCH"}, many = true, optional = true,
    help = {pt = "O mesmo que --busca: listar maria", en = "The same as --query: list mary"},
}

local yes_flag = {
    name = "yes", name_pt = "sim", kind = "bool",
    label = {pt = "Remover sem perguntar", en = "Remove without asking"},
}

local new_cpf_flag = setmetatable({
    name = "new_br_document", name_pt = "novo_cpf",
    label = {pt = "O CPF certo, no lugar do gravado", en = "The right CPF, in place of the stored one"},
}, {__index = schema.field("Student", "br_document")})

--- The operands and flags of methods that are not fields of their requests, by the methods' short names.
local extras = {
    GetStudent = {student_operand},
    RevealStudent = {student_operand},
    EraseStudent = {student_operand},
    ListStudents = {request.search_operand},
    UpdateStudent = {student_operand, flags = {new_cpf_flag}},
    DeleteStudent = {student_operand, flags = {yes_flag}},
    UndeleteStudent = {student_operand, flags = {schema.field("GetStudentRequest", "br_document")}},
}

--- The operands of a method's command -> a list; and the flags that are not fields of its request.
function request.operands(method)
    local extra = extras[method.short_name] or {}
    return table.move(extra, 1, #extra, 1, {}), extra.flags or {}
end

local function take_words(arguments, name)
    local typed = table.concat(arguments[name] or {}, " ")
    arguments[name] = nil
    return typed ~= "" and typed or nil
end

--- Puts the key of the student whom the words mean into the arguments -> true | nil, exit code
local function take_student(method, arguments, io)
    local typed, is_removed = take_words(arguments, "who"), method.short_name == "UndeleteStudent"
    if is_removed and arguments.br_document then typed, arguments.br_document = arguments.br_document, nil end
    if not typed then return true end
    local key, err, why = who.find(typed, io, is_removed)
    if err then return nil, errors.report(err, io.say, method) end
    if not key then return nil, why == "interrupt" and core.exit.interrupted or 0 end
    for name, value in pairs(key) do
        arguments[name] = value
    end
    return true
end

--- Part of a CPF is no search of the service's: the person chooses whose CPF it is -> true | nil, exit code
local function take_cpf_part(_, arguments, io)
    local part = io.interactive and arguments.query and within.cpf_part(arguments.query)
    if not part then return true end
    local key, err, why = who.find(arguments.query, io, arguments.show_deleted)
    if why then return nil, why == "interrupt" and core.exit.interrupted or 0 end
    local student = key and key.id
    if student then student, err = session.call(schema.method "get", {id = key.id, show_deleted = true}) end
    if not student then return nil, errors.report(err or errors.new "STUDENT_NOT_FOUND", io.say) end
    arguments.query = student.br_document
    return true
end

--- Makes one search of --busca and of the words of request.search_operand.
function request.take_query(arguments)
    local typed = take_words(arguments, "words")
    if typed then arguments.query = arguments.query and arguments.query .. " " .. typed or typed end
    if arguments.query then arguments.query = arguments.query:gsub("%s*([<>=]+)%s*", "%1") end
end

--- Takes the words of a search, and `desc` after --ordem nome. A number alone is how many students: listar 3.
local function take_search(arguments)
    local words = arguments.words
    for i, word in ipairs(arguments.order_by and words or {}) do
        if word:lower() == "desc" then
            arguments.order_by = arguments.order_by .. " " .. table.remove(words, i)
            break
        end
    end
    local count = words and #words == 1 and not arguments.page_size and words[1]:match "^%d%d?%d?$"
    if count then arguments.page_size, arguments.words = math.tointeger(tonumber(count)), nil end
    request.take_query(arguments)
end

--- A CPF changes by the student's id, which is read first -> true | nil, exit code
local function take_new_cpf(method, arguments, io)
    local cpf = arguments.new_br_document
    if not cpf then return true end
    local student, err = session.call(schema.method "get", {id = arguments.id, br_document = arguments.br_document})
    if not student then return nil, errors.report(err, io.say, method) end
    local values = {br_document = cpf}
    for _, field in ipairs(schema.student_fields) do
        if field.name ~= "br_document" then
            values[field.name], arguments[field.name] = arguments[field.name], nil
        end
    end
    arguments.new_br_document, arguments.br_document = nil, nil
    arguments.id, arguments.student = student.id, values
    return true
end

--- Asks before a removal, at a terminal -> true | nil, exit code. Whether there is such a student is left to the service.
local function confirm_removal(method, arguments, io)
    local is_sure = arguments.yes or arguments.validate_only or not io.interactive
    arguments.yes = nil
    if method.short_name ~= "DeleteStudent" or is_sure then return true end
    local student = session.call(schema.method "get", {id = arguments.id, br_document = arguments.br_document})
    if not student then return true end
    local agreed, why = confirm.removal(io, student)
    return agreed or nil, why == "interrupt" and core.exit.interrupted or 0
end

--- Asks what personal values are needed for, at a terminal -> true | nil, exit code
local function take_purpose(method, arguments, io)
    if method.short_name ~= "RevealStudent" then return true end
    arguments.purpose = arguments.purpose or purpose.chosen()
    if arguments.purpose or not io.interactive then return true end
    local answer, why = io.read(("> %s: "):format(schema.field(method.request, "purpose").label[language.name]), true)
    if not answer then return nil, why == "interrupt" and core.exit.interrupted or 0 end
    arguments.purpose = answer:match "^%s*(.-)%s*$"
    return true
end

--- Shows what an erasure takes away and asks, at a terminal -> true | nil, exit code
local function confirm_erasure(method, arguments, io)
    local is_sure = arguments.confirmation or arguments.validate_only or not io.interactive
    if method.short_name ~= "EraseStudent" or is_sure then return true end
    local agreed, err = erasure.agree(arguments, io)
    if err then return nil, errors.report(err, io.say, method) end
    return agreed, core.exit.interrupted
end

--- Turns the arguments of a method's command into its request -> true | nil, exit code
function request.complete(method, arguments, io)
    if arguments.update_mask then arguments.update_mask = schema.own_names("Student", arguments.update_mask) end
    take_search(arguments)
    for _, step in ipairs {take_cpf_part, take_student, take_new_cpf, take_purpose, confirm_removal, confirm_erasure} do
        local fine, code = step(method, arguments, io)
        if not fine then return nil, code end
    end
    return true
end

return request
