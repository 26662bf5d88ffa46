-- descrever: a method's fields, from the contract that the client was built with. Without a method's name, or with
-- --metodo, it calls the service's method Describe.
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local output = require "client.output"
local schema = require "client.schema"
local grid = require "client.grid"

local text = language.of {
    pt = {
        unknown = "não há o método %s",
        effect = {reads = "consulta", scans = "consulta", mutates = "altera dados"},
        role = "papel: %s",
        personal = " (pessoal)",
        needs = " (exige o papel %s)",
        request = "Pedido (%s):",
        reply = "Resposta (%s):",
        none = "  sem campos",
        kind = {int = "inteiro", bool = "sim ou não", text = "texto", message = "mensagem", list = "lista"},
        presence = {
            required = "obrigatório", optional = "opcional", output = "do serviço", key = "chave: só uma",
            partial = "ao menos um campo", either = "um destes", expected = "exigido pelo serviço",
        },
    },
    en = {
        unknown = "there is no method %s",
        effect = {reads = "reads", scans = "reads", mutates = "changes data"},
        role = "role: %s",
        personal = " (personal)",
        needs = " (needs the role %s)",
        request = "Request (%s):",
        reply = "Reply (%s):",
        none = "  no fields",
        kind = {int = "integer", bool = "true or false", text = "text", message = "message", list = "list"},
        presence = {
            required = "required", optional = "optional", output = "set by the service", key = "key: only one",
            partial = "at least one field", either = "one of these", expected = "if the service requires it",
        },
    },
}

local rows = {
    fields = output.row_fields("message=mensagem field=campo flag=flag kind=tipo presence=presenca min=minimo:int " ..
        "max=maximo:int description=descricao"),
}

--- A field's row. Only a plain field has limits, and a flag.
local function row_of(field, message_name, path)
    local plain = field.kind ~= "message" and field.kind ~= "list"
    local rule = field.rule ~= "any" and ": " .. field.rule_text[language.name] or ""
    local marks = (field.sensitive and text.personal or "") .. (field.role and text.needs:format(field.role) or "")
    local limited = field.kind ~= "message" and field.kind ~= "bool"
    return {
        message = message_name,
        field = path .. field.name,
        flag = plain and options.written(field) or nil,
        kind = field.kind,
        presence = field.presence,
        min = limited and field.min or nil,
        max = limited and field.max or nil,
        description = field.label[language.name] .. rule .. marks,
    }
end

--- Adds the rows of a message's fields, those of messages nested in it by their path. Requests omit fields
--- that the service sets.
local function add_fields(list, message_name, path, is_request)
    for _, field in ipairs(aluno.schema.messages[message_name].fields) do
        if not (is_request and field.presence == "output") then
            list[#list + 1] = row_of(field, message_name, path)
            local below = path .. field.name .. (field.kind == "list" and "[]." or ".")
            if field.type then add_fields(list, field.type, below, is_request) end
        end
    end
    return list
end

--- "criar", or a method's name -> its row of the contract, with the rows of the fields of its request and its reply
--- | nil, error
local function call(name)
    assert(type(name) == "string", "descrever: the method must be a string")
    local method = schema.method(name)
    if not method then
        local function verb(other) return other.verb[language.name] end
        return nil, errors.unknown(text.unknown, name, lists.map(aluno.schema.methods, verb))
    end
    local request, reply = add_fields({}, method.request, "", true), add_fields({}, method.reply, "", false)
    return {method = method, request = request, reply = reply}
end

--- Returns a field's row as text in the user's language.
local function in_words(row)
    return setmetatable({kind = text.kind[row.kind], presence = text.presence[row.presence]}, {__index = row})
end

local indent = "  "

local function write_fields(heading, message_name, fields, shown, io)
    io.data ""
    io.data(heading:format(message_name))
    if #fields == 0 then return io.data(text.none) end
    local columns = assert(output.columns(rows.fields, shown))
    for _, line in ipairs(grid.lines(columns, lists.map(fields, in_words), #indent)) do
        io.data(indent .. line)
    end
end

local function write(description, io)
    local method = description.method
    io.data(method.verb[language.name] .. ": " .. method.doc[language.name])
    io.data(("%s (%s, %s)"):format(method.name, text.effect[method.effect], text.role:format(method.role)))
    write_fields(text.request, method.request, description.request, "field,flag,kind,presence,description", io)
    write_fields(text.reply, method.reply, description.reply, "field,kind,description", io)
end

local describe = schema.method "describe"

return {
    verb = describe.verb,
    {name = "method_name", value = {en = "METHOD", pt = "MÉTODO"}, optional = true},
    doc = {
        en = "describes a method's fields, or all methods",
        pt = "descreve os campos de um método, ou todos os métodos",
    },
    group = "service",
    flags = lists.join({schema.field(describe.request, "method")}, output.flags),
    call = call,
    run = function(arguments, io)
        if not arguments.method_name then return io.call(describe, arguments) end
        local description, err = call(arguments.method_name)
        if not description then return errors.report(err, io.say) end
        if output.is_asked(arguments) then
            return output.show(rows, lists.join(description.request, description.reply), arguments)
        end
        write(description, io)
        return 0
    end,
}
