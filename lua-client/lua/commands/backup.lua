-- copia: makes a backup of the service's database, and waits until it is verified.
local aluno = require "aluno"
local errors = require "client.errors"
local language = require "client.language"
local output = require "client.output"
local schema = require "client.schema"
local session = require "client.session"

local pause = 0.1 -- seconds between two polls

local text = language.of {
    pt = {done = "Cópia verificada, na máquina do serviço: %s (alunos: %d, bytes: %d)"},
    en = {done = "Verified backup, on the service's machine: %s (students: %d, bytes: %d)"},
}

local create, get = schema.method "backup", schema.method "last_backup"

--- Makes a backup -> the reply of GetBackup, whose state is DONE | nil, error
local function call()
    local backup, err = session.call(create, {})
    while backup and backup.state == "RUNNING" do
        aluno.sleep(pause)
        backup, err = session.call(get, {})
    end
    if not backup then return nil, err end
    if backup.state ~= "DONE" then
        local reason = aluno.schema.reasons.BACKUP_FAILED.text[language.name]
        return nil, errors.new("BACKUP_FAILED", reason .. ": " .. (backup.problem or backup.state))
    end
    return backup
end

return {
    verb = create.verb,
    doc = {
        en = "makes a backup of the database, in the service's folder of backups",
        pt = "faz uma cópia de segurança do banco de dados, na pasta de cópias do serviço",
    },
    group = "service",
    flags = output.flags,
    call = call,
    run = function(arguments, io)
        local backup, err = call()
        if not backup then return errors.report(err, io.say, create) end
        if output.is_asked(arguments) then return output.show(output.rows(create), {backup}, arguments) end
        io.data(text.done:format(backup.file, backup.student_count, backup.size))
        return 0
    end,
}
