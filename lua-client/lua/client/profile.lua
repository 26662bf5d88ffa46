-- The user's settings: $XDG_CONFIG_HOME/aluno/config, by default ~/.config/aluno/config. Its names are the words of the
-- program's options; those before any section are for all profiles, and each section is a profile:
--
--   lang = en
--   perfil = maria          # which one, where neither --perfil nor ALUNO_PROFILE says it; otherwise the first
--   [maria]
--   server = aluno.escola.br:3000
--   ca = maria/ca.crt       # relative to the file's folder
local flags = require "client.flags"
local folders = require "client.folders"
local language = require "client.language"
local lists = require "aluno.lists"
local nearest = require "aluno.nearest"
local options = require "aluno.options"
local output = require "client.output"
local program = require "program"
local settings_file = require "client.settings_file"

local profile = {}

local text = language.of {
    pt = {
        no_option = "não há a opção %s%s",
        not_here = "%s não é para um perfil: ponha antes da primeira [seção]",
        no_value = "%s pede um valor",
        unknown = "não há o perfil %s em %s%s",
        none = "não há o perfil %s: não há o arquivo %s (veja: aluno configurar)",
    },
    en = {
        no_option = "there is no option %s%s",
        not_here = "%s is not for a profile: write it before the first [section]",
        no_value = "%s wants a value",
        unknown = "there is no profile %s in %s%s",
        none = "there is no profile %s: there is no file %s (see: aluno configure)",
    },
}

--- The folder of the file and of the certificates; nil without a home.
profile.folder = folders.config

function profile.path()
    local folder = profile.folder()
    return folder and folder .. "/config"
end

-- ---- reading ----

local settings = lists.map(flags.declaration.flags, function(flag) return flag.is_setting and flag end)

local function in_full(flag, value)
    if not flag.is_file or value:find "^/" then return value end
    if value:find "^~/" then return os.getenv "HOME" .. value:sub(2) end
    return profile.folder() .. "/" .. value
end

--- Checks a value of the file -> nil | what is wrong
local function check(flag, name, value)
    if value == "" or value:find "\n" then return text.no_value:format(name) end
    if flag.form and not flag.accepts(value) then return flags.range(name, flag, value) end
    local known, problem = true, nil
    if output.checks[flag.name] then known, problem = output.checks[flag.name](value) end
    return not known and problem or nil
end

--- Returns a section's values by the keys of options | nil, problem
local function values_of(section, path)
    local values = {}
    for _, entry in ipairs(section.entries) do
        local flag = options.find({flags = settings}, "--" .. entry.name)
        local problem
        if not flag then
            local names = lists.map(settings, function(one) return options.written(one):sub(3) end)
            problem = text.no_option:format(entry.name, nearest.suggestion(entry.name, names))
        elseif flag.name == "profile" and section.name then
            problem = text.not_here:format(entry.name)
        else
            problem = check(flag, entry.name, entry.value)
        end
        if problem then return nil, settings_file.problem(path, entry.line, problem) end
        values[options.key(flag)] = in_full(flag, entry.value)
    end
    return values
end

--- Reads the file -> {common = values, names = the profiles' names in order, [name] = values} | nil, problem; nil alone
--- when there is none
function profile.read()
    local path = profile.path()
    local file <close> = path and io.open(path)
    if not file then return nil end
    local sections, problem = settings_file.parse(file:read "a" or "", path)
    if not sections then return nil, problem end
    local read = {names = {}}
    for _, section in ipairs(sections) do
        local values
        values, problem = values_of(section, path)
        if not values then return nil, problem end
        if section.name then read.names[#read.names + 1] = section.name end
        read[section.name and #read.names or "common"] = values
    end
    return read
end

local function index_of(read, name)
    for i, known in ipairs(read and read.names or {}) do
        if known == name then return i end
    end
end

--- The values of the profile of that name, with those for all profiles; nil for none.
function profile.of(read, name)
    local index = index_of(read, name)
    return index and lists.copy(read.common, read[index])
end

--- Returns the values of the profile of that name, or of the usual one | nil, problem. Sets profile.name.
local function choose(read, name)
    local path = profile.path() or "~/.config/aluno/config"
    if not read then return name == nil and {}, name and text.none:format(name, path) end
    name = name or read.common.profile
    local index = name and index_of(read, name) or not name and 1
    if not index then return nil, text.unknown:format(name, path, nearest.suggestion(name, read.names)) end
    profile.name, profile.count = read.names[index], #read.names
    return lists.copy(read.common, read[index] or {})
end

-- ---- use ----

local function is_set(variable)
    return (os.getenv(variable) or "") ~= ""
end

--- The variables that were set when the program started, and so win over every profile.
profile.environment = lists.map({"ALUNO_SERVER", "ALUNO_CA", "ALUNO_CERT", "ALUNO_KEY"}, function(variable)
    return is_set(variable) and variable
end)

--- Gives the program the settings of the profile that neither its flags, `given`, nor the environment give -> true | nil,
--- problem
function profile.use(given)
    local read, problem = profile.read()
    if problem then return nil, problem end
    local name = given.profile or os.getenv "ALUNO_PROFILE"
    local values
    values, problem = choose(read, name ~= "" and name or nil)
    if not values then return nil, problem end
    for _, flag in ipairs(settings) do
        local key = options.key(flag)
        if values[key] and given[key] == nil and flag.name ~= "profile" then
            if not flag.environment then
                given[key] = values[key]
            elseif not is_set(flag.environment) then
                program.setenv(flag.environment, values[key])
            end
        end
    end
    return true
end

--- The name for the prompt, where there are several profiles.
function profile.shown()
    return (profile.count or 0) > 1 and profile.name or nil
end

return profile
