-- Says that personal values came masked, which they do to who may only read, and how one of them is seen.
local aluno = require "aluno"
local core = require "core"
local language = require "client.language"
local lists = require "aluno.lists"

local masked = {}

local text = language.of {
    pt = {
        note = "Os dados pessoais vêm mascarados para o seu papel. Para ver os de um aluno: revelar ALUNO",
        export = "Os dados pessoais vieram mascarados para o seu papel: o arquivo não os tem, e não serve para importar",
    },
    en = {
        note = "Personal data come masked for your role. To see those of one student: reveal STUDENT",
        export = "Personal data came masked for your role: the file lacks them, and cannot be imported",
    },
}

local is_said = false

--- Returns whether a message of that name has a masked value.
function masked.is(name, message)
    return lists.any(aluno.schema.messages[name].fields, function(field)
        local value = field.sensitive and message[field.name]
        return value and core.is_masked(field.sensitive, value)
    end)
end

--- Says it, once a session, if a reply's rows have masked values. `rows`: as output.rows returns them.
function masked.note(rows, reply, say)
    local item = rows.single and reply or reply[rows.list][1]
    if is_said or not item or not rows.message or not masked.is(rows.message, item) then return end
    is_said = true
    say(text.note)
end

--- Says it of a file that was written.
function masked.note_export(say)
    say(text.export)
end

return masked
