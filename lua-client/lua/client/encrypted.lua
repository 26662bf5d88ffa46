-- A file that the program age (age-encryption.org) encrypts to public keys while it is written: it never lies on the disk as
-- it is. With the operations of replacement.lua.
local errors = require "client.errors"
local host = require("core").host
local language = require "client.language"
local replacement = require "client.replacement"
local shell = require "client.shell"
local terminal = require "program.terminal"

local encrypted = {}
encrypted.__index = encrypted

local text = language.of {
    pt = {
        missing = "o programa age não foi encontrado, e é ele que cifra",
        install = "instale o pacote age: sudo apt install age",
        refused = "a chave não é aceita pelo age: %s",
        keys = "dê a chave pública, age1…, ou um arquivo delas; age-keygen as faz",
        ended = "age não terminou de cifrar",
    },
    en = {
        missing = "the program age, which encrypts, is not found",
        install = "install the package age: sudo apt install age",
        refused = "the key is not taken by age: %s",
        keys = "give the public key, age1…, or a file of them; age-keygen makes them",
        ended = "age did not end encrypting",
    },
}

local chunk_size = 65536

local function fail(message, remedy)
    return nil, errors.new("FILE_UNUSABLE", message, remedy)
end

--- The command that encrypts to public keys and files of them, with commas between them.
local function command_for(recipients)
    local words = {"age --encrypt"}
    for each in (recipients .. ","):gmatch "%s*(.-)%s*," do
        words[#words + 1] = (each:find "^age1" and "-r " or "-R ") .. shell.quote(each)
    end
    return table.concat(words, " ")
end

--- Whether age is there and takes the keys -> true | nil, error
local function check(command)
    if not shell.ask "command -v age" then return fail(text.missing, text.install) end
    local said, fine = shell.ask(command .. " 2>&1 >/dev/null </dev/null")
    if fine then return true end
    return fail(text.refused:format((said or "?"):gsub("^age: error: ", "")), text.keys)
end

--- -> file | nil, error
function encrypted.open(path, recipients)
    local command = command_for(recipients)
    local fine, err = check(command)
    if not fine then return nil, err end
    local file, problem = replacement.open(path)
    if not file then return fail(problem, text.keys) end
    local pipe = assert(io.popen(("%s >%s 2>/dev/null"):format(command, shell.quote(file:lend())), "w"))
    return setmetatable({file = file, path = path, pipe = pipe}, encrypted)
end

--- Calls a method of the pipe. age may end before it has read, which would end this program too.
local function use_pipe(self, method, ...)
    terminal.hold(true)
    local fine = self.pipe[method](self.pipe, ...)
    terminal.hold(false)
    if fine then return true end
    return nil, text.ended
end

function encrypted:write(data)
    return use_pipe(self, "write", data)
end

--- Lets another writer make the content, in a file that commit() encrypts and removes: in memory where the system has a
--- folder for that.
function encrypted:lend()
    local folder = os.getenv "XDG_RUNTIME_DIR"
    local name = self.path:match "[^/]*$" .. ".plain.part"
    self.plain = folder and host.is_regular_file(folder) == false and folder .. "/" .. name or self.path .. ".plain.part"
    os.remove(self.plain) -- that of a program that was killed
    assert(host.create(self.plain)):close()
    return self.plain
end

local function encrypt_lent(self)
    local file <close> = assert(io.open(self.plain, "rb"))
    while true do
        local chunk, problem = file:read(chunk_size)
        if not chunk then return not problem, problem end
        local fine, ended = self:write(chunk)
        if not fine then return nil, ended end
    end
end

local function close(self)
    local fine, problem = use_pipe(self, "close")
    self.pipe = nil
    if self.plain then os.remove(self.plain) end
    return fine, problem
end

function encrypted:commit()
    local fine, problem = true, nil
    if self.plain then fine, problem = encrypt_lent(self) end
    local closed, why = close(self)
    if fine and closed then return self.file:commit() end
    self.file:abandon()
    return nil, problem or why
end

--- Discards the new file.
function encrypted:abandon()
    if not self.pipe then return end
    close(self)
    self.file:abandon()
end

encrypted.__close = encrypted.abandon

return encrypted
