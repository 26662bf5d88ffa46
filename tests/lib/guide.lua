-- Takes a guide apart: `aluno guide.lua GUIDE.md FOLDER` writes each block of code to FOLDER as LINE.KIND, for the tests
-- to run, and prints "LINE KIND CODE" for each. The kind is the word after the block's ```, CODE the exit code after
-- that, 0 if there is none; blocks of another kind are for readers only.
--
--   ```sh      commands
--   ```lua     a whole script
--   ```c       a fragment of a program: includes are added
--   ```aluno   a session: LINE.in gets what is typed after each prompt, LINE.aluno what the program writes
local guide, folder = arg[1], arg[2]
local kinds = {sh = true, lua = true, c = true, aluno = true}

local includes = "#include <aluno/aluno.h>\n#include <stdio.h>\n"

local function write(name, text)
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
end

--- A line of a session as what the program writes and what is typed: "> Nome do aluno: Ana" -> "> Nome do aluno: ", "Ana".
local function divide(line)
    local prompt, typed = line:match "^(> %u.*: )(.*)$"
    if not prompt then prompt, typed = line:match "^(> e%-mail do aluno: )(.*)$" end
    if not prompt then prompt, typed = line:match "^(> )(.*)$" end
    return prompt or line, typed
end

local function write_session(number, lines)
    local written, typed = {}, {}
    for _, line in ipairs(lines) do
        local output, input = divide(line)
        written[#written + 1] = output
        if input then typed[#typed + 1] = input end
    end
    write(number .. ".in", table.concat(typed, "\n") .. "\n")
    write(number .. ".aluno", table.concat(written, "\n") .. "\n")
end

local kind, code, first, lines
local number = 0
for line in io.lines(guide) do
    number = number + 1
    local info = line:match "^```(.*)$"
    if not info then
        if lines then lines[#lines + 1] = line end
    elseif lines then
        if kinds[kind] then
            print(("%04d %s %s"):format(first, kind, code))
            if kind == "aluno" then
                write_session(("%04d"):format(first), lines)
            else
                write(("%04d.%s"):format(first, kind), (kind == "c" and includes or "") .. table.concat(lines, "\n") .. "\n")
            end
        end
        lines = nil
    else
        kind, code = info:match "^(%a*) ?(%d*)$"
        code = code ~= "" and code or "0"
        first, lines = number, {}
    end
end
