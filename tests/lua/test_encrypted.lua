-- A file that age encrypts, written by way of a plain one: an error while that is read is not its end.
local check = dofile((arg[0]:match ".*/" or "") .. "check.lua")
local encrypted = check.inside "client.encrypted"

local key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
local path = os.tmpname()

-- A folder can be opened, and not read.
local function put_a_folder_at(name)
    os.remove(name)
    assert(os.execute(("mkdir '%s'"):format(name)))
end

local function remains(name)
    local file <close> = io.open(name)
    return file ~= nil
end

if os.execute "command -v age >/dev/null" then
    for _, is_readable in ipairs {true, false} do
        local file = assert(encrypted.open(path, key))
        local plain = file:lend()
        if not is_readable then put_a_folder_at(plain) end
        local fine, problem = file:commit()
        check.same("it is encrypted", fine == true, is_readable)
        check.same("otherwise that is said", problem ~= nil, not is_readable)
        check.same("the plain file is removed", remains(plain), false)
    end
else
    print "skipped: age is not installed"
end
os.remove(path)
