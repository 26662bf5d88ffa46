-- The file that `aluno-certs pack` makes for a person: the address, and the certificates and the key as PEM blocks.
local language = require "client.language"
local settings_file = require "client.settings_file"

local text = language.of {
    pt = {
        unknown = "não é de um arquivo de aluno-certs pack: %s",
        no_block = "depois de '%s =' deve vir um bloco PEM",
        unreadable = "não foi possível ler o arquivo %s",
        empty = "%s: não é um arquivo de aluno-certs pack: não tem certificado",
    },
    en = {
        unknown = "is not of a file of aluno-certs pack: %s",
        no_block = "a PEM block must follow '%s ='",
        unreadable = "the file %s cannot be read",
        empty = "%s: is no file of aluno-certs pack: it has no certificate",
    },
}

local is_block = {name = false, server = false, ca = true, cert = true, key = true}

--- Reads the file -> {name =, server =, ca =, cert =, key =}, the last three as texts, of which any may be absent | nil,
--- problem
return function(path)
    local file <close> = io.open(path)
    local content = file and file:read "a"
    if not content then return nil, text.unreadable:format(path) end
    local sections, problem = settings_file.parse(content, path)
    if not sections then return nil, problem end
    local packed = {}
    for _, section in ipairs(sections) do
        for _, entry in ipairs(section.entries) do
            local wants_block = is_block[entry.name]
            if wants_block == nil or section.name then
                problem = text.unknown:format(entry.name)
            elseif wants_block and not entry.value:find "^%-%-%-%-%-BEGIN" then
                problem = text.no_block:format(entry.name)
            end
            if problem then return nil, settings_file.problem(path, entry.line, problem) end
            packed[entry.name] = entry.value
        end
    end
    if not packed.cert then return nil, text.empty:format(path) end
    return packed
end
