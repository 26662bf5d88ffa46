-- Makes tables in Markdown of the rows that compare.sh has measured: aluno tables.lua ROWS
--
-- A row is SIDE, POINT and numbers, with tabs between. Each figure is the median of a side's repeats of a point. A repeat
-- during which other processes used the machine is left out where a quiet one exists.
local quiet <const> = 0.15 -- cores

local names = {aluno = "aluno", grpc = "gRPC C++", nng = "limit: nng alone", store = "limit: no network"}
local compared, limits = {"aluno", "grpc"}, {"nng", "store"}

-- The columns of a kind of point, in the order of a row's numbers, with the format of each.
local load = {
    {"calls/s", "%.0f"}, {"p50 µs", "%.0f"}, {"p99 µs", "%.0f"}, {"server CPU µs", "%.1f"}, {"client CPU µs", "%.1f"},
    others = 6, reply_size = 7,
}
local start = {{"start ms", "%.1f"}, {"CPU ms", "%.1f"}, {"idle memory kB", "%.0f"}}

-- ---- reading ----

-- points: in the order of their first rows, each {name =, SIDE = {row...}}.
local function read(path)
    local points, by_name = {}, {}
    for line in io.lines(path) do
        local side, name, rest = line:match "^(%S+)\t(%S+)\t(.*)$"
        local point = by_name[name] or {name = name}
        if not by_name[name] then
            by_name[name] = point
            points[#points + 1] = point
        end
        local row = {}
        for number in rest:gmatch "%S+" do
            row[#row + 1] = assert(tonumber(number))
        end
        point[side] = point[side] or {}
        table.insert(point[side], row)
    end
    return points
end

local function median(rows, column)
    local values = {}
    for i, row in ipairs(rows) do
        values[i] = row[column]
    end
    table.sort(values)
    local middle = #values // 2 + 1
    return #values % 2 == 1 and values[middle] or (values[middle - 1] + values[middle]) / 2
end

-- -> the rows without disturbed ones, unless all are.
local function undisturbed(rows, column)
    local clean = {}
    for _, row in ipairs(rows) do
        if not column or row[column] <= quiet then
            clean[#clean + 1] = row
        end
    end
    return #clean > 0 and clean or rows, #clean
end

-- ---- writing ----

local function describe(name)
    local operation, connections, calls, students = name:match "^(.-):(.-):(.-):(.-)$"
    local text = operation
    if calls == "sync" and operation ~= "connect" and operation ~= "reconnect" then
        text = text .. ", blocking"
    elseif calls == "1" then
        text = text .. ", alone"
    elseif tonumber(calls) and tonumber(calls) > 0 then
        text = ("%s, %s in flight"):format(text, calls)
        if connections ~= "1" then
            text = ("%s over %s connections"):format(text, connections)
        end
    end
    return students == "10000" and text or ("%s, %s students"):format(text, students)
end

local function write_row(cells)
    print("| " .. table.concat(cells, " | ") .. " |")
end

local disturbed, total = 0, 0

local function write_side(point, side, columns)
    local rows, clean = undisturbed(point[side], columns.others)
    disturbed, total = disturbed + #point[side] - clean, total + #point[side]
    local cells, figures = {names[side]}, {}
    for i, column in ipairs(columns) do
        figures[i] = median(rows, i)
        cells[i + 1] = column[2]:format(figures[i])
    end
    cells[#cells + 1] = ("%d of %d"):format(clean, #point[side])
    return cells, figures
end

local function write_ratio(ours, theirs, columns)
    local cells = {"", "aluno ÷ gRPC"}
    for i in ipairs(columns) do
        cells[i + 2] = theirs[i] > 0 and ("**%.2f**"):format(ours[i] / theirs[i]) or ""
    end
    cells[#cells + 1] = ""
    write_row(cells)
end

local function write_head(columns)
    local heads, rule = {"call", ""}, {"---", "---"}
    for i, column in ipairs(columns) do
        heads[i + 2], rule[i + 2] = column[1], "---:"
    end
    heads[#heads + 1], rule[#rule + 1] = "quiet", "---:"
    write_row(heads)
    write_row(rule)
end

local function write_table(points, columns)
    write_head(columns)
    for _, point in ipairs(points) do
        local figures, title = {}, describe(point.name)
        local function write_sides(sides)
            for _, side in ipairs(sides) do
                if point[side] then
                    local cells
                    cells, figures[side] = write_side(point, side, columns)
                    table.insert(cells, 1, title)
                    write_row(cells)
                    title = ""
                end
            end
        end
        write_sides(compared)
        if figures.aluno and figures.grpc then
            write_ratio(figures.aluno, figures.grpc, columns)
        end
        write_sides(limits)
    end
    print()
end

-- Bytes of a reply, without the frame around it, where a side knows them.
local function write_sizes(points)
    for _, point in ipairs(points) do
        local sizes = {}
        for _, side in ipairs {"grpc", "store"} do
            local size = point[side] and median(point[side], load.reply_size) or 0
            if size > 0 then
                sizes[#sizes + 1] = ("%s %.0f"):format(side == "store" and "aluno" or names[side], size)
            end
        end
        if #sizes > 0 then
            print(("Bytes of a reply, %s: %s."):format(describe(point.name), table.concat(sizes, ", ")))
        end
    end
end

local loads, starts = {}, {}
for _, point in ipairs(read(arg[1])) do
    local list = point.name:find "^start:" and starts or loads
    list[#list + 1] = point
end
if #loads > 0 then
    write_table(loads, load)
    write_sizes(loads)
end
if #starts > 0 then
    write_table(starts, start)
end
if disturbed > 0 then
    print(("The machine was not quiet: other processes used more than %.2f cores during %d of %d measurements."):format(
        quiet, disturbed, total))
end
