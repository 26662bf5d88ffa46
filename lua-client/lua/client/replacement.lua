-- A file that takes its name only when it is whole. Until then it is written beside that, as NAME.part, so that
-- nobody reads half of it, and a program that is killed leaves what was there before.
--
--   local file <close>, problem = replacement.open(path)
--   file:write(text)      -> true | nil, problem
--   file:commit()         -> true | nil, problem; without it, leaving the scope leaves nothing
--
-- What is no ordinary file (/dev/null, a pipe) is written as it is.
local host = require("core").host

local replacement = {}
replacement.__index = replacement

local chunk_size = 65536

function replacement.open(path)
    local self = setmetatable({path = path}, replacement)
    self.part = host.is_regular_file(path) == false and path or path .. ".part"
    local file, problem = io.open(self.part, "wb")
    if not file then return nil, problem end
    self.file = file
    return self
end

function replacement:write(text)
    local written, problem = self.file:write(text)
    if written then return true end
    return nil, self.path .. ": " .. problem
end

local function hold_the_same(path, other_path)
    local one <close> = io.open(path, "rb")
    local other <close> = assert(io.open(other_path, "rb"))
    if not one then return false end
    repeat
        local chunk = one:read(chunk_size)
        if chunk ~= other:read(chunk_size) then return false end
    until not chunk
    return true
end

--- Keeps a file that has the name already as NAME~, unless it is the same: somebody may have worked on it.
local function keep_former(self)
    if host.is_regular_file(self.path) and not hold_the_same(self.path, self.part) then
        return os.rename(self.path, self.path .. "~")
    end
    return true
end

--- `keep`: whether a file of that name is kept, as NAME~.
function replacement:commit(keep)
    local file = self.file
    self.file = nil
    local fine, problem = file:close()
    if self.part == self.path then return fine, problem end
    if fine and keep then fine, problem = keep_former(self) end
    if fine then fine, problem = os.rename(self.part, self.path) end
    if not fine then os.remove(self.part) end
    return fine, problem
end

--- Leaves what was there before.
function replacement:abandon()
    if not self.file then return end
    self.file:close()
    self.file = nil
    if self.part ~= self.path then os.remove(self.part) end
end

replacement.__close = replacement.abandon

return replacement
