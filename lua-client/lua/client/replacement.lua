-- Atomic replacement of a file: it is written as NAME.part and renamed when it is complete. Readers never see a partial
-- file, and a killed program leaves the former file.
--
--   local file <close>, problem = replacement.open(path)
--   file:write(text)      -> true | nil, problem
--   file:commit()         -> true | nil, problem; without it, leaving the scope removes NAME.part
--
-- The new file is its owner's alone (mode 0600): these files hold people's data. A file that is not regular (/dev/null, a
-- pipe) is written directly.
local host = require("core").host

local replacement = {}
replacement.__index = replacement

local chunk_size = 65536

function replacement.open(path)
    local self = setmetatable({path = path}, replacement)
    local is_direct = host.is_regular_file(path) == false
    self.part = is_direct and path or path .. ".part"
    if not is_direct then os.remove(self.part) end -- that of a program that was killed
    local file, problem
    if is_direct then file, problem = io.open(path, "wb") else file, problem = host.create(self.part) end
    if not file then return nil, problem end
    self.file = file
    return self
end

function replacement:write(text)
    local written, problem = self.file:write(text)
    if written then return true end
    return nil, self.path .. ": " .. problem
end

--- Lets another writer fill the file: returns its path, to be written over and complete before commit().
function replacement:lend()
    return self.part
end

local function hold_the_same(path, other_path)
    local one <close> = io.open(path, "rb")
    local other <close> = assert(io.open(other_path, "rb"))
    if not one then return false end
    repeat
        local chunk, problem = one:read(chunk_size)
        if problem or chunk ~= other:read(chunk_size) then return false end
    until not chunk
    return true
end

--- Keeps a former file as NAME~, unless it is the same: the user may have edited it.
local function keep_former(self)
    if host.is_regular_file(self.path) and not hold_the_same(self.path, self.part) then
        return os.rename(self.path, self.path .. "~")
    end
    return true
end

--- `keep`: whether a former file is kept as NAME~.
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

--- Discards the new file.
function replacement:abandon()
    if not self.file then return end
    self.file:close()
    self.file = nil
    if self.part ~= self.path then os.remove(self.part) end
end

replacement.__close = replacement.abandon

return replacement
