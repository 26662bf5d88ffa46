-- aluno.args: a script's command line. One declaration gives its parsing, validation and help.
--
--   local args = aluno.args {
--       doc = "Imports students from a CSV file",
--       {name = "file", help = "the CSV file"},                              -- in their order
--       {name = "more", help = "further files", many = true, optional = true},
--       flags = {
--           {name = "dry-run", kind = "bool", help = "store nothing"},
--           {name = "limit", kind = "int", default = 100, help = "rows at most"},
--       },
--   }
--   args.file, args.dry_run, args.limit
--
-- options.lua documents declarations. --help prints the help and ends the script with 0. Wrong usage is reported on
-- stderr and ends it with 2. A wrong declaration raises.
local core = require "core"
local lists = require "aluno.lists"
local options = require "aluno.options"

local stderr, stdout, exit = io.stderr, io.stdout, os.exit

local args = {}

local help_flag = {
    name = "help", name_pt = "ajuda", kind = "bool", help = {pt = "mostra esta ajuda", en = "shows this help"},
}

local kinds = {text = true, int = true, number = true, bool = true}

--- Raises at the line that calls the caller of args.parse.
local function check_declaration(declaration)
    local seen = {help = true}
    for _, declared in ipairs(lists.join(declaration.flags or {}, declaration)) do
        if type(declared.name) ~= "string" or not declared.name:find "^%a[%w_-]*$" then
            error("an argument's name must be a word, not " .. tostring(declared.name), 4)
        end
        if not kinds[declared.kind or "text"] then
            error(("there is no kind '%s' (of '%s')"):format(tostring(declared.kind), declared.name), 4)
        end
        if seen[options.key(declared)] then error(("'%s' is declared twice"):format(declared.name), 4) end
        seen[options.key(declared)] = true
    end
    for i, declared in ipairs(declaration) do
        if declared.many and declaration[i + 1] then
            error(("'%s' takes all that is left: it must be the last"):format(declared.name), 4)
        end
    end
end

--- args.parse(declaration, words) -> values | nil, problem
function args.parse(declaration, words)
    check_declaration(declaration)
    return options.parse(declaration, words)
end

--- args.help(declaration, the script's name) -> text
function args.help(declaration, script)
    local flags = lists.join(declaration.flags or {}, {help_flag})
    local shown = lists.copy(declaration, {name = script, flags = flags})
    return table.concat(options.help(shown), "\n") .. "\n"
end

--- aluno.args, args.read(declaration) -> the values of the global `arg`. Ends the script on wrong usage.
function args.read(declaration)
    local given = arg or {}
    local script = (given[0] or "?"):match "[^/]*$"
    for _, word in ipairs(given) do
        if word == "--" then break end
        if options.find({flags = {help_flag}}, word) then
            stdout:write(args.help(declaration, script))
            exit(0, true)
        end
    end
    local values, problem = args.parse(declaration, given)
    if values then return values end
    stderr:write(script, ": ", problem, "\n", args.help(declaration, script))
    exit(core.exit.usage, true)
end

return args
