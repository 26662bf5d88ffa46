-- Mutants of a C file, one for each line that can have one: a comparison, a condition, a number or a return value is
-- changed, or a statement deleted. Which of these is chosen by the line's number, so that all kinds come up.
--
--   lua5.4 mutants.lua FILE         a line of each mutant: its number, the line and the mutant, with tabs between
--   lua5.4 mutants.lua FILE LINE    the whole file with that mutant
local file, wanted = arg[1], math.tointeger(arg[2])

local changes = {
    {" <= ", " < "}, {" >= ", " > "}, {" < ", " <= "}, {" > ", " >= "}, {" == ", " != "}, {" != ", " == "},
    {" && ", " || "}, {" || ", " && "}, {" %+ ", " - "}, {" %- ", " + "}, {" %? ", " && false ? "},
    {"true", "false"}, {"false", "true"}, {"%+%+", "--"}, {" & ", " | "}, {" << ", " >> "},
    {"([(%s])!(%a)", "%1%2"}, {"if %((.*)%)$", "if (!(%1))"},
    {"%f[%w_]%d+%f[^%w_.]", function(number) return ("%d"):format(math.tointeger(tonumber(number)) + 1) end},
    {"return ([^;]+);", "return !(%1);"},
}

--- The line with its texts, characters and comments blanked out, byte by byte; and with the sizes of arrays, which do no
--- harm when they are larger.
local function bare(line)
    local function blank(text) return ("_"):rep(#text) end
    local declares = line:find "^%s+[%a_][%w_ ]* [%w_, ]+%[" and not line:find "^%s+return "
    if declares or line:find "%[%]%[" then line = line:gsub("%[[%w_ +]+%]", blank) end
    return (line:gsub('"[^"]*"', blank):gsub("'\\?[^']'", blank):gsub("/%*.-%*/", blank):gsub("//.*", blank))
end

--- The line changed where its bare form has the pattern; nil where it has not.
local function changed(line, pattern, with)
    local from, to = bare(line):find(pattern)
    if not from then return nil end
    return line:sub(1, from - 1) .. line:sub(from, to):gsub(pattern, with, 1) .. line:sub(to + 1)
end

local function is_statement(line)
    return line:find "^%s+[%w_>.%*%[%]-]+%(.*%);$" or line:find "^%s+[%w_>.%*%[%]-]+ [-+|^&]?= .*;$"
end

local function mutants_of(line)
    local found = {}
    for _, change in ipairs(changes) do
        found[#found + 1] = changed(line, change[1], change[2])
    end
    if is_statement(line) then found[#found + 1] = line:match "^%s*" .. ";" end
    return found
end

--- Lines in functions: what stands between "{" and "}" at a line's beginning.
local function lines_of(path)
    local lines, in_function, in_comment = {}, false, false
    for text in io.lines(path) do
        if text == "{" then in_function = true end
        if text:find "^}" then in_function = false end
        local begins = text:find("/*", 1, true)
        lines[#lines + 1] = {text = text, may_change = in_function and not in_comment and not text:find "^#"}
        if begins and not text:find("*/", begins, true) then in_comment = true end
        if in_comment and text:find("*/", 1, true) then in_comment = false end
    end
    return lines
end

local lines = lines_of(file)
for number, line in ipairs(lines) do
    local mutants = line.may_change and mutants_of(line.text) or {}
    local mutant = #mutants > 0 and mutants[number * 7 % #mutants + 1]
    if wanted then
        print(number == wanted and mutant or line.text)
    elseif mutant then
        print(number .. "\t" .. line.text .. "\t" .. mutant)
    end
end
