-- The module `aluno`: aluno.core, which is C, and what is easier said in Lua.
--
--   local c <close> = aluno.connect{ca = "ca.crt", cert = "ana.crt", key = "ana.key"}
--   local student, err, beside = c:create{name = "Ana", age = 20, br_document = "529.982.247-25", email = "a@b.c"}
--   for student in c:each{} do print(student.name) end
--
-- There is a function for each method of the contract, by its verb in English and in Portuguese, and so are fields
-- named: c:create{name = …} is c:criar{nome = …}. Replies have the English names, those of the wire.
-- What may fail returns nil and an error: {code, reason, message, detail, remedy, violations, request_id,
-- retryable}. Misuse (a closed client, a missing table, an unknown option) raises. After a call's reply and nil
-- comes what travelled beside it: {request_id, replayed, warnings, server_version}.
-- In the program `aluno`, every command of the prompt is a function too, by its verb in either language, with the
-- session's own client: aluno.commands.criar {nome = …}, aluno.commands.explicar "CPF_TAKEN". It gives a value, or
-- nil and an error, as the client's methods do.
-- What aluno.connect's table leaves out is taken from ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY, ALUNO_CRL,
-- ALUNO_TLS_NAME, ALUNO_TIMEOUT (seconds) and ALUNO_LANG (pt, en).
local aluno = require "aluno.core"

--- One sentence: what is wrong, with each field, and what can be done.
function aluno.error:__tostring()
    local wrong = {self.message}
    for _, violation in ipairs(self.violations) do
        wrong[#wrong + 1] = violation.field .. ": " .. violation.message
    end
    local sentence = table.concat(wrong, "; ")
    if self.remedy ~= "" then sentence = sentence .. ". " .. self.remedy:gsub("^%l", string.upper) end
    return (sentence:gsub("^%l", string.upper))
end

--- All students, one by one, page after page: `for student in client:each{} do`. page_size is how many come at
--- once. A loop has no place for `nil, err`: a failure raises the error, which pcall catches as it is.
function aluno.client:each(request, options)
    local query, page, index = {}, nil, 0
    for key, value in pairs(request or {}) do
        query[key] = value
    end
    return function()
        while not page or index == #page.students do
            if page then
                if not page.next_page_token then return nil end
                query.page_token = page.next_page_token
            end
            local reply, err = self:list(query, options)
            if not reply then error(err, 0) end
            page, index = reply, 0
        end
        index = index + 1
        return page.students[index]
    end
end

return aluno
