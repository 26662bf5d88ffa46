-- The file of settings and profiles, and files of `aluno configurar`, which have the same form.
local settings_file = fuzz.require "client.settings_file"

return function(bytes)
    local sections, problem = settings_file.parse(bytes, "config")
    if not sections then
        assert(problem:find "^config:%d+: " and not problem:find "[\n\r]", problem)
        return
    end
    local names = {}
    for i, section in ipairs(sections) do
        assert((section.name == nil) == (i == 1) and not names[section.name or 1], "a section twice")
        names[section.name or 1] = true
        for _, entry in ipairs(section.entries) do
            assert(entry.name and entry.value and entry.line > 0)
        end
    end
    local changed = settings_file.with_section(bytes, "maria", {{name = "lang", value = "en"}})
    local again = settings_file.parse(changed, "config")
    if not again then return end -- a certificate may hold a line that looks like a section
    local last = again[#again]
    assert(last.name == "maria" and #last.entries == 1 and last.entries[1].value == "en", "the section is not there")
end
