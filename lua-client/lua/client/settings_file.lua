-- Files of settings: lines of "name = value" in sections, and comments that begin with # or ;. An empty value may be
-- followed by a PEM block, which is the value then.
local language = require "client.language"
local lists = require "aluno.lists"
local printable = require "aluno.printable"

local settings_file = {}

local quoted_most = 60 -- characters

local text = language.of {
    pt = {
        no_pair = "não é 'nome = valor': %s",
        no_text = "o nome não é texto: em UTF-8, sem caracteres de controle",
        twice = "%s já está na linha %d",
        block = "o arquivo termina dentro de um certificado ou chave",
    },
    en = {
        no_pair = "is not 'name = value': %s",
        no_text = "the name is no text: in UTF-8, without control characters",
        twice = "%s is in line %d already",
        block = "the file ends within a certificate or key",
    },
}

--- "FILE:LINE: PROBLEM"
function settings_file.problem(path, line, problem)
    return ("%s:%d: %s"):format(path, line, problem)
end

--- Whether the bytes are text and safe to quote to the user: a terminal executes control sequences.
local function is_text(bytes)
    return utf8.len(bytes) and printable(bytes) == bytes
end

--- A line that is quoted to the user.
local function shown(line)
    if not is_text(line) then return "?" end
    local stop = utf8.offset(line, quoted_most + 1)
    return stop and line:sub(1, stop - 1) .. "…" or line
end

local reader = {}
reader.__index = reader

function reader:add_section(name)
    for _, section in ipairs(self.sections) do
        if section.name == name then return text.twice:format("[" .. name .. "]", section.line) end
    end
    self.sections[#self.sections + 1] = {name = name, line = self.number, entries = {}}
end

function reader:add_entry(name, value)
    local entries = self.sections[#self.sections].entries
    for _, entry in ipairs(entries) do
        if entry.name == name then return text.twice:format(name, entry.line) end
    end
    local bare = value:match '^"(.*)"$' or value:match "^'(.*)'$" or value
    entries[#entries + 1] = {name = name, value = bare, line = self.number}
end

--- Takes a line into a PEM block; false when it belongs to none.
function reader:take_block(line)
    local entries = self.sections[#self.sections].entries
    local last = entries[#entries]
    local begins = not self.in_block and last and last.value == "" and line:find "^%-%-%-%-%-BEGIN "
    if not begins and not self.in_block then return false end
    last.value = last.value .. line .. "\n"
    self.in_block = not line:find "^%-%-%-%-%-END "
    return true
end

--- Takes a line -> nil | what is wrong
function reader:take(line)
    if self:take_block(line) or line:find "^%s*$" or line:find "^%s*[#;]" then return nil end
    local section = line:match "^%s*%[%s*(.-)%s*%]%s*$"
    local name, value = line:match "^%s*([%w_\128-\255-]+)%s*=%s*(.-)%s*$"
    if not is_text(section or name or "") then return text.no_text end
    if section then return self:add_section(section) end
    if name then return self:add_entry(name, value) end
    return text.no_pair:format(shown(line:match "^%s*(.-)%s*$"))
end

--- Parses a file's text -> list of {name =, line =, entries = {{name =, value =, line =}, …}}, the first of which, without
--- a name, is what stands before any section | nil, problem
function settings_file.parse(content, path)
    local self = setmetatable({sections = {{line = 0, entries = {}}}, number = 0}, reader)
    for line in (content:gsub("^\xEF\xBB\xBF", "") .. "\n"):gmatch "(.-)\r?\n" do
        self.number = self.number + 1
        local problem = self:take(line)
        if problem then return nil, settings_file.problem(path, self.number, problem) end
    end
    if self.in_block then return nil, settings_file.problem(path, self.number, text.block) end
    return self.sections
end

--- Returns the text with that section in the place of the one of its name, or at the end. `entries`: {name =, value =}
function settings_file.with_section(content, name, entries)
    local kept, skips = {}, false
    for line in content:gmatch "([^\n]*)\n?" do
        local section = line:match "^%s*%[%s*(.-)%s*%]%s*$"
        if section then skips = section == name end
        if not skips then kept[#kept + 1] = line end
    end
    local before = table.concat(kept, "\n"):gsub("%s+$", "")
    local lines = lists.map(entries, function(entry) return entry.name .. " = " .. entry.value end)
    return ("%s%s[%s]\n%s\n"):format(before, before == "" and "" or "\n\n", name, table.concat(lines, "\n"))
end

return settings_file
