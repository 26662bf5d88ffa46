-- Words and commands for the shell.
local shell = {}

--- A word as the shell reads it back.
function shell.quote(word)
    return word:find "^[%w._/:=@%%+%[%]-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Runs a command -> the first line that it writes, or nil; whether it succeeded
function shell.ask(command)
    local pipe = assert(io.popen(command))
    local line = pipe:read "l"
    return line, pipe:close() == true
end

return shell
