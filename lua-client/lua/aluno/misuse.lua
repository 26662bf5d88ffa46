-- Misuse of a function, which raises an error at the caller's line.
local misuse = {}

--- Raises, naming the option, when the table has one that is not listed or is of another type. To be called by the
--- function that was given the options.
function misuse.check(options, types)
    for name, value in pairs(options) do
        if not types[name] then error(("there is no option '%s'"):format(name), 3) end
        if type(value) ~= types[name] then
            error(("option '%s' must be a %s, not a %s"):format(name, types[name], type(value)), 3)
        end
    end
end

return misuse
