-- grafico: the students by age, as bars in the terminal; or by when they were registered.
local later = require "aluno.later"
local bars = later "commands.chart.bars"
local errors = require "client.errors"
local language = require "client.language"
local listing = require "client.listing"
local misuse = require "aluno.misuse"
local output = require "client.output"
local pager = require "client.pager"
local request = require "client.request"
local schema = require "client.schema"
local session = require "client.session"
local tally = later "client.tally"
local terminal = require "program.terminal"

local width_of_pipes, bins_most = 80, 24

local options_known = {query = "string", registrations = "boolean", progress = "function"}

local text = language.of {
    pt = {
        one = "Idade de 1 aluno", many = "Idades de %d alunos", nobody = "Nenhum aluno",
        times = {day = "Cadastros por dia", month = "Cadastros por mês", year = "Cadastros por ano"},
    },
    en = {
        one = "Age of 1 student", many = "Ages of %d students", nobody = "No students",
        times = {day = "Registrations by day", month = "Registrations by month", year = "Registrations by year"},
    },
}

--- Counts the students that a search finds -> bins, the line above them | nil, error
local function count(options)
    local client, err = session.client()
    if not client then return nil, err end
    local counts = tally.new()
    local read
    read, err = listing.read(client, options, function(students)
        for _, student in ipairs(students) do
            counts:add(student)
        end
    end)
    if not read then return nil, err end
    if not options.registrations then
        return counts:by_age(bins_most), read == 1 and text.one or text.many:format(read)
    end
    local bins, step = counts:by_time(bins_most)
    return bins, text.times[step]
end

--- Counts students -> {{label = "6", count = 12}, …} | nil, error
---
---   query            as in list
---   registrations    by when they were registered, not by age
---   progress         a function called after each page with the number read and the total
local function chart(options)
    local bins, heading = count(misuse.check(options or {}, options_known))
    if not bins then return nil, heading end
    return bins
end

local function draw(bins, heading)
    local _, columns = terminal.size()
    local sink <close> = pager.open()
    sink.write(heading)
    for _, line in ipairs(bars.lines(bins, columns or width_of_pipes, bars.has_blocks())) do
        sink.write(line)
    end
end

local function run(arguments, io)
    local choice = output.take(arguments)
    request.take_query(arguments)
    local progress, bar <close> = listing.bar()
    arguments.progress = progress
    local bins, heading = count(arguments)
    bar.finish()
    if not bins then return errors.report(heading, io.say) end
    if choice.format or choice.fields or output.chosen.format then
        local names = arguments.registrations and "label=quando count=alunos:int" or "label=idade count=alunos:int"
        return output.show({fields = output.row_fields(names)}, bins, choice)
    end
    if #bins == 0 then heading = text.nobody end
    draw(bins, heading)
    return 0
end

return {
    verb = {en = "chart", pt = "grafico"},
    setmetatable({help = {
        en = "Whom to count, as in list; all if left out", pt = "Quem contar, como em listar; todos se omitida",
    }}, {__index = request.search_operand}),
    doc = {en = "draws how many students there are of each age", pt = "desenha quantos alunos há de cada idade"},
    group = "students",
    flags = {
        {name = "registrations", name_pt = "cadastros", kind = "bool", help = {
            en = "By when they were registered", pt = "Por quando foram cadastrados",
        }},
        output.flags[1], output.flags[2],
        schema.field("ListStudentsRequest", "query"),
    },
    call = chart,
    run = run,
}
