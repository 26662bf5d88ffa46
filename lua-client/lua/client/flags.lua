-- The program's own options, which stand before or after a command.
local core = require "core"
local grid = require "client.grid"
local language = require "client.language"
local options = require "aluno.options"

local flags = {}

local range = ({pt = "%s: %s, não '%s'", en = "%s: %s, not '%s'"})[language.name]

local file, seconds = {pt = "ARQUIVO", en = "FILE"}, {pt = "SEGUNDOS", en = "SECONDS"}

--- Flags with an `environment` set that variable, which aluno.connect reads. `is_setting`: the settings file may have it;
--- `is_file`: it names one; `form`: what the value must be, which `accepts` checks.
local list = {
    {name = "server", is_setting = true, environment = "ALUNO_SERVER", value = {pt = "ENDEREÇO", en = "ADDRESS"},
        help = {pt = "o serviço (127.0.0.1:3000)", en = "the service (127.0.0.1:3000)"}},
    {name = "ca", is_setting = true, is_file = true, environment = "ALUNO_CA", value = file,
        help = {pt = "o certificado da CA, PEM", en = "the CA's certificate, PEM"}},
    {name = "cert", is_setting = true, is_file = true, environment = "ALUNO_CERT", value = file,
        help = {pt = "o seu certificado, PEM", en = "your certificate, PEM"}},
    {name = "key", is_setting = true, is_file = true, environment = "ALUNO_KEY", value = file,
        help = {pt = "a chave dele, PEM", en = "its private key, PEM"}},
    {name = "crl", is_setting = true, is_file = true, environment = "ALUNO_CRL", value = file,
        help = {pt = "a lista de revogação da CA, PEM", en = "the CA's revocation list, PEM"}},
    {name = "tls-name", is_setting = true, environment = "ALUNO_TLS_NAME", value = {pt = "NOME", en = "NAME"}, help = {
        pt = "o nome no certificado do serviço (o do servidor)",
        en = "the name in the service's certificate (the server's host)"}},
    {name = "timeout", is_setting = true, environment = "ALUNO_TIMEOUT", value = seconds,
        form = "0.001-86400 s", accepts = core.probe.timeout,
        help = {pt = "prazo de uma chamada (5)", en = "deadline of a call (5)"}},
    {name = "purpose", name_pt = "finalidade", is_setting = true, environment = "ALUNO_PURPOSE",
        value = {pt = "TEXTO", en = "TEXT"},
        help = {pt = "para que servem os dados, para a auditoria", en = "what the data are for, for the audit"}},
    {name = "lang", is_setting = true, environment = "ALUNO_LANG", value = "pt|en",
        form = "pt | en", accepts = function(value) return value == "pt" or value == "en" end,
        help = {pt = "idioma dos formulários e mensagens (pt)", en = "language of forms and messages (pt)"}},
    {name = "profile", name_pt = "perfil", is_setting = true, environment = "ALUNO_PROFILE",
        value = {pt = "NOME", en = "NAME"},
        help = {pt = "qual perfil de ~/.config/aluno/config", en = "which profile of ~/.config/aluno/config"}},
    {name = "school", name_pt = "escola", is_setting = true, environment = "ALUNO_SCHOOL",
        value = {pt = "NOME", en = "NAME"},
        help = {pt = "o nome da escola nos relatórios", en = "the school's name in reports"}},
    {name = "format", is_setting = true, name_pt = "formato", value = {pt = "FORMATO", en = "FORMAT"},
        help = {pt = "tabela, json, ndjson, csv ou lua", en = "table, json, ndjson, csv or lua"}},
    {name = "fields", is_setting = true, name_pt = "campos", value = {pt = "COLUNAS", en = "COLUMNS"},
        help = {pt = "as colunas a mostrar: nome,idade", en = "the columns to show: name,age"}},
    {name = "hints", is_setting = true, name_pt = "dicas", value = {pt = "sim|não", en = "yes|no"}, form = "sim | não",
        accepts = function(value) return language.yes_or_no(value) ~= nil end,
        help = {pt = "dicas à direita do que se digita (sim)", en = "hints right of what is typed (yes)"}},
    {name = "keep-going", name_pt = "continuar", kind = "bool", help = {
        pt = "comandos de um pipe seguem depois de um erro",
        en = "commands from a pipe go on after an error"}},
    {name = "restricted", name_pt = "restrito", kind = "bool", help = {
        pt = "o script fica sem arquivos, processos e código nativo",
        en = "the script has no files, processes or native code"}},
    {name = "max-time", name_pt = "tempo-max", value = seconds, form = "0.001-86400 s", accepts = core.probe.timeout, help = {
        pt = "encerra o script que passa desse tempo, com código de saída 7",
        en = "ends a script that runs for longer, with exit code 7"}},
    {name = "trace", name_pt = "rastrear", kind = "bool", help = {
        pt = "mostra cada tentativa de cada chamada em stderr (ou ALUNO_TRACE=1)",
        en = "shows each attempt of each call on stderr (or ALUNO_TRACE=1)"}},
    {name = "help", name_pt = "ajuda", kind = "bool"},
    {name = "version", kind = "bool"},
}

--- Of the options engine. A flag may be given again, as in an alias: the last value wins.
flags.declaration = {name = "aluno", flags = list, repeats = true}

--- Returns the value of --lang, which chooses the language of errors about other flags; nil when it is not given.
function flags.language(words)
    local given
    for i, word in ipairs(words) do
        local flag = options.find(flags.declaration, word)
        if flag and flag.name == "lang" then given = word:match "=(.*)$" or words[i + 1] end
    end
    return given
end

--- A flag as it was typed, without its value.
function flags.as_typed(name, words)
    for _, word in ipairs(words) do
        local flag = options.find(flags.declaration, word)
        if flag and flag.name == name then return word:match "^[^=]+" end
    end
end

--- The sentence that refuses a flag's value; `shown`: how the flag was written.
function flags.range(shown, flag, value)
    return range:format(shown, flag.form, value)
end

--- Writes a line of help for each.
function flags.print()
    for _, flag in ipairs(list) do
        local value = type(flag.value) == "table" and flag.value[language.name] or flag.value or ""
        if flag.help then
            print(("  %s %s %-15s %s"):format(grid.pad(options.written(flag), 13), grid.pad(value, 9), flag.environment or "",
                flag.help[language.name]))
        end
    end
    print "  -h, --help    -V, --version"
end

return flags
