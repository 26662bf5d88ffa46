-- later(module): a module that is loaded when it is first used. A command's working half is such a one, for the program
-- reads every command's declaration at its start, and runs one of them.
return function(name)
    return setmetatable({}, {
        __index = function(_, key) return require(name)[key] end,
        __newindex = function(_, key, value) require(name)[key] = value end,
        __call = function(_, ...) return require(name)(...) end,
    })
end
