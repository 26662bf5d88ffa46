-- Elements of HTML and SVG as text.
local markup = {}

local entities = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;"}

--- Text as the content of an element, or the value of an attribute.
function markup.escape(text)
    return (text:gsub("[&<>\"']", entities))
end

--- An element with attributes, a list of names and values in turn, and `content`, which is markup; without it, an empty
--- element of SVG.
function markup.element(name, attributes, content)
    local parts = {"<" .. name}
    for i = 1, #attributes, 2 do
        parts[#parts + 1] = (' %s="%s"'):format(attributes[i], markup.escape(tostring(attributes[i + 1])))
    end
    parts[#parts + 1] = content and ">" .. content .. "</" .. name .. ">" or "/>"
    return table.concat(parts)
end

--- An element that holds text.
function markup.text(name, attributes, text)
    return markup.element(name, attributes, markup.escape(text))
end

return markup
