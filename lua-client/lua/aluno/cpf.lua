-- aluno.cpf: parse, format, mask and check are in values.c; generate makes CPFs for tests.
local cpf = require("core").cpf

-- Nine digits, none of them one digit repeated, have numbers from 0 to nine_digits - 1; the multiplier, which shares
-- no factor with it, scatters them.
local nine_digits, repeated_every, multiplier = 999999990, 111111110, 618033991

--- Returns a CPF with valid check digits, for tests: a different one for each number (0 and up), or a random one without
--- a number. It may belong to a person: do not use it in real registers.
function cpf.generate(number)
    if number ~= nil and (math.type(number) ~= "integer" or number < 0 or number >= nine_digits) then
        error(("the number must be a whole one from 0 to %d"):format(nine_digits - 1), 2)
    end
    local place = (number or math.random(0, nine_digits - 1)) * multiplier % nine_digits
    local digits = ("%09d"):format(place + 1 + place // repeated_every)
    local right, check_digits = cpf.check(digits .. "00")
    return digits .. (right and "00" or check_digits)
end

local check_digits_of = cpf.check

--- Returns whether a CPF in any of its spellings has the right check digits, and those which it would have; false alone for
--- what is no CPF.
function cpf.check(text)
    local digits = cpf.parse(text)
    if not digits then return false end
    return check_digits_of(digits)
end

return cpf
