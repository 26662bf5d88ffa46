-- Excel's workbooks. Bytes that begin with PK are the whole archive. Others are its parts, with a NUL between: sheet,
-- shared texts, styles, workbook, relations; a part that is empty is as Excel writes it. So the engine need not find out
-- how to make an archive.
local workbook = fuzz.require "commands.import.workbook"
if not workbook.is_available then return function() end end
local zip = dofile(fuzz.folder .. "/../lua/zip.lua")

local kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
local parts = {
    {"xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"},
    {"xl/sharedStrings.xml", "<sst><si><t>Ana</t></si></sst>"},
    {"xl/styles.xml", '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'},
    {"xl/workbook.xml", '<workbook><sheets><sheet name="Alunos" id="r1"/></sheets></workbook>'},
    {"xl/_rels/workbook.xml.rels", '<Relationships>' ..
        '<Relationship Id="r1" Type="' .. kinds .. 'worksheet" Target="worksheets/sheet1.xml"/>' ..
        '<Relationship Id="r2" Type="' .. kinds .. 'sharedStrings" Target="sharedStrings.xml"/>' ..
        '<Relationship Id="r3" Type="' .. kinds .. 'styles" Target="styles.xml"/></Relationships>'},
}

local function archive_of(bytes)
    local entries, i = {}, 0
    for part in (bytes .. "\0"):gmatch "([^\0]*)\0" do
        i = i + 1
        if not parts[i] then break end
        entries[parts[i][1]] = part ~= "" and part or parts[i][2]
    end
    for _, part in ipairs(parts) do
        entries[part[1]] = entries[part[1]] or part[2]
    end
    return zip.archive(entries)
end

local function read(path)
    local reader <close>, err = workbook.open(path)
    if not reader then
        assert(err and err.reason, "refused without a reason")
        return
    end
    repeat
        local cells, line = reader:read()
        if cells then
            for i = 1, #cells do
                assert(type(cells[i]) == "string", "a cell that is no text")
            end
            reader:raw()
        else
            assert(line == nil or line.reason, "ended without a reason")
        end
    until not cells
end

return function(bytes)
    read(fuzz.file(bytes:find "^PK" and bytes or fuzz.unwatched(archive_of, bytes)))
end
