-- Where a profile is kept: a folder of its name beside the settings file, with its certificates and key, 0700, and its
-- section of that file, 0600. Everything is written in a scratch folder first and renamed into place.
local core = require "core"
local folders = require "client.folders"
local profile = require "client.profile"
local settings_file = require "client.settings_file"

local store = {}

local function scratch()
    return profile.folder() .. "/.new"
end

--- Writes a new file of mode 0600, in the place of another one -> true | nil, problem
local function write(path, content)
    os.remove(path)
    local file <close>, problem = core.host.create(path)
    if not file then return nil, problem end
    local written
    written, problem = file:write(content)
    if written then written, problem = file:close() end
    if not written then return nil, path .. ": " .. problem end
    return true
end

--- Writes a file of the profile into the scratch folder -> its path | nil, problem
function store.stage(name, content)
    local made, problem = folders.make(scratch())
    if not made then return nil, problem end
    local path = scratch() .. "/" .. name
    made, problem = write(path, content)
    return made and path, problem
end

--- Removes the scratch folder, with files of those names.
function store.clean(names)
    for _, name in pairs(names) do
        os.remove(scratch() .. "/" .. name)
    end
    os.remove(scratch() .. "/config")
    os.remove(scratch())
end

--- Puts the staged files, and a section of those entries, into place -> true | nil, problem
function store.publish(name, entries, names)
    local config, folder = profile.path(), profile.folder() .. "/" .. name
    local file <close> = io.open(config)
    local staged, problem = store.stage("config", settings_file.with_section(file and file:read "a" or "", name, entries))
    if not staged then return nil, problem end
    local done
    done, problem = folders.make(folder)
    for _, one in pairs(names) do
        if done then done, problem = os.rename(scratch() .. "/" .. one, folder .. "/" .. one) end
    end
    if done then done, problem = os.rename(staged, config) end
    return done, problem
end

return store
