-- Changes of students for people, a line each, as they come: no line waits for the widths of the next.
local aluno = require "aluno"
local dates = require "client.dates"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"
local schema = require "client.schema"

local text = language.of {
    pt = {
        unseen = "(fora da busca)",
        CREATED = "criado", UPDATED = "atualizado", REMOVED = "removido", RESTORED = "restaurado", ERASED = "eliminado",
    },
    en = {
        unseen = "(not in the search)",
        CREATED = "created", UPDATED = "updated", REMOVED = "removed", RESTORED = "restored", ERASED = "erased",
    },
}

local kind_width, id_width = 10, 5

local without_student = {REMOVED = true, ERASED = true}

--- The columns of a student: the session's, or those of tables; the id has its own.
local function student_columns()
    local chosen = output.chosen.fields
    local columns = chosen and output.columns(aluno.schema.messages.Student.fields, chosen) or schema.columns "Student"
    return lists.map(columns, function(field) return field.name ~= "id" and field end)
end

--- The cells of the student whom a change has.
local function student_cells(columns, student)
    return lists.map(columns, function(field)
        local cell = grid.cell(field, student[field.name], student)
        return cell ~= "" and cell
    end)
end

local lines = {}

--- "16/11/2026 09:30  criado         12  Ana Lima  20  529.982.247-25  ana@exemplo.com"
local function line_of(columns, change)
    local cells = {
        dates.text(change.time),
        grid.pad(text[change.kind] or change.kind, kind_width),
        grid.pad(tostring(change.student_id), id_width, true),
    }
    if change.student then
        cells = lists.join(cells, student_cells(columns, change.student))
    elseif not without_student[change.kind] then
        cells[#cells + 1] = text.unseen
    end
    return (table.concat(cells, "  "):gsub(" +$", ""))
end

--- Returns a writer, as of a format of output/.
function lines.open(write)
    local columns = student_columns()
    return {
        item = function(change) write(line_of(columns, change)) end,
        close = function() end,
    }
end

return lines
