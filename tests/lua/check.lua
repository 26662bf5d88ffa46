-- Assertions for the tests in this folder. They run as `aluno test_….lua`, without a service. A failed check raises,
-- which ends the program with 1.
assert(aluno.language == "pt", "run the tests in Portuguese: unset ALUNO_LANG")

local check = {}

--- The `require` of the client's own files: check.inside "client.session". Scripts cannot require these.
check.inside = debug.getregistry()["aluno.require"]

local equal, show = check.inside "aluno.equal", check.inside "aluno.show"

--- Raises unless both are equal. Tables are compared by their contents.
function check.same(title, got, wanted)
    if equal(got, wanted) then return end
    error(("%s\n  got:    %s\n  wanted: %s"):format(title, show.value(got, true), show.value(wanted, true)), 2)
end

--- Raises unless f raises an error whose text holds `wanted`.
function check.raises(title, wanted, f, ...)
    local fine, problem = pcall(f, ...)
    if fine or not tostring(problem):find(wanted, 1, true) then
        error(("%s\n  got:    %s\n  wanted: an error with %s"):format(title, tostring(problem), wanted), 2)
    end
end

--- Returns the method of a verb.
function check.method(verb)
    return assert(check.inside("client.schema").method(verb))
end

return check
