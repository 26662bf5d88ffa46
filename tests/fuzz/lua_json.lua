-- JSON of scripts: what is read can be written, and read again as the same.
local json = aluno.json

return function(bytes)
    local value, err = json.decode(bytes)
    if value == nil then
        assert(err and err.reason == "JSON_SYNTAX", "refused without a reason")
        return
    end
    local ok, text = pcall(json.encode, value)
    if not ok then
        assert(tostring(text):find "nested", text)
        return
    end
    assert(json.encode(json.decode(text)) == text, "it is read as something else")
end
