-- Misuse of a function, which raises an error at the caller's line.
local misuse = {}

--- Raises an error that names the option if the table has an unknown one or one of another type; returns
--- the table. Must be called by the function that takes the options.
function misuse.check(options, types)
    for name, value in pairs(options) do
        if not types[name] then error(("there is no option '%s'"):format(name), 3) end
        if type(value) ~= types[name] then
            error(("option '%s' must be a %s, not a %s"):format(name, types[name], type(value)), 3)
        end
    end
    return options
end

return misuse
