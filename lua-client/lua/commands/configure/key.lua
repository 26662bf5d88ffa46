-- Private keys with a passphrase, which the openssl command opens.
local shell = require "client.shell"
local terminal = require "program.terminal"

local key = {}

--- Whether a key, as a PEM text, has a passphrase.
function key.is_locked(content)
    return content:find("ENCRYPTED", 1, true) ~= nil
end

--- Opens the key in a file with a passphrase, into another file -> whether it does
function key.open(from, passphrase, to)
    local command = "openssl pkey -passin stdin -in %s -out %s 2>/dev/null"
    terminal.hold(true) -- openssl may end before it has read
    local pipe = assert(io.popen(command:format(shell.quote(from), shell.quote(to)), "w"))
    pipe:write(passphrase, "\n")
    local opened = pipe:close()
    terminal.hold(false)
    return opened == true
end

return key
