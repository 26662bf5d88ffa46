-- csv: a heading and a line for each row, as RFC 4180 has them. What is nested in a row is a cell of JSON.
local json = require "client.json_lines"
local language = require "client.language"

local function quote(text)
    if not text:find '[",\r\n]' then return text end
    return '"' .. text:gsub('"', '""') .. '"'
end

local function line(fields, cell_of)
    local cells = {}
    for i, field in ipairs(fields) do
        cells[i] = quote(cell_of(field))
    end
    return table.concat(cells, ",") .. "\r"
end

local function cell(field, value)
    if value == nil then return "" end
    return type(value) == "table" and json.value(field, value) or tostring(value)
end

local function open(rows, write)
    write(line(rows.fields, language.field))
    return {
        item = function(item)
            write(line(rows.fields, function(field) return cell(field, item[field.name]) end))
        end,
        close = function() end,
    }
end

return {name = {en = "csv", pt = "csv"}, open = open}
