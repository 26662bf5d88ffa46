-- servidor: who serves; with --estatisticas, what the service measures of itself.
local aluno = require "aluno"
local dates = require "client.dates"
local errors = require "client.errors"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local output = require "client.output"
local schema = require "client.schema"
local session = require "client.session"

local text = language.of {
    pt = {
        median = "mediana", slowest = "99% até", count = "vezes", days = "%.0f dias", hours = "%.1f h", seconds = "%.2f s",
        milliseconds = "%.2f ms", microseconds = "%d µs", never = "nunca",
    },
    en = {
        median = "median", slowest = "99% within", count = "times", days = "%.0f days", hours = "%.1f h", seconds = "%.2f s",
        milliseconds = "%.2f ms", microseconds = "%d µs", never = "never",
    },
}

local info, metrics = schema.method "info", schema.method "metrics"
local rows = {message = "ServerStatistic", fields = aluno.schema.messages.ServerStatistic.fields}

--- The words of labels: GetStudent OK of method=aluno.v1.StudentService/GetStudent,code=OK.
local function words_of(statistic)
    local words = {}
    for name, value in (statistic.labels or ""):gmatch "([^=,]+)=([^,]*)" do
        value = value:gsub("^.*/", "")
        if name == "quantile" then value = value == "0.5" and text.median or text.slowest end
        words[#words + 1] = value
    end
    if statistic.name:find "_count$" then words[#words + 1] = text.count end
    return table.concat(words, " ")
end

--- Spans of microseconds: a name and how many there are in it, from the longest.
local spans = {
    {"days", 2 * 86400e6, 86400e6}, {"hours", 2 * 3600e6, 3600e6}, {"seconds", 1e6, 1e6}, {"milliseconds", 1e3, 1e3},
}

local function span(microseconds)
    for _, unit in ipairs(spans) do
        if math.abs(microseconds) >= unit[2] then return (text[unit[1]]:format(microseconds / unit[3])) end
    end
    return (text.microseconds:format(microseconds))
end

local function bytes(count)
    local units, unit = {"B", "kB", "MB", "GB", "TB"}, 1
    while count >= 1000 and unit < #units do
        count, unit = count / 1000, unit + 1
    end
    return (unit == 1 and "%d %s" or "%.1f %s"):format(count, units[unit])
end

local writers = {
    bytes = bytes,
    us = span,
    unix_ms = function(time) return time == 0 and text.never or dates.text(time) end,
}

local function value_of(statistic)
    local write = writers[statistic.unit] or tostring
    return write(statistic.value)
end

--- Those of one metric together, under its description. The limits as they are set belong to --print-config.
local function write(statistics, io)
    local width, doc = 0, nil
    for _, statistic in ipairs(statistics) do
        width = math.max(width, utf8.len(words_of(statistic)))
    end
    for _, statistic in ipairs(statistics) do
        local words = words_of(statistic)
        if words == "" then
            io.data(("%s: %s"):format(statistic.doc, value_of(statistic)))
        elseif statistic.name ~= "aluno_limit" then
            if statistic.doc ~= doc then io.data(statistic.doc .. ":") end
            io.data(("  %s  %s"):format(grid.pad(words, width), value_of(statistic)))
        end
        doc = statistic.doc
    end
end

local function show_statistics(arguments, io)
    local reply, err = session.call(metrics, {})
    if not reply then return errors.report(err, io.say, metrics) end
    if output.is_asked(arguments) then return output.show(rows, reply.statistics, arguments) end
    write(reply.statistics, io)
    return 0
end

return {
    verb = info.verb,
    doc = {
        en = "says who serves and as whom it knows the client; with --statistics, what the service measures of itself",
        pt = "diz quem atende e como conhece o cliente; com --estatisticas, o que o serviço mede de si mesmo",
    },
    group = "service",
    flags = lists.join({
        {
            name = "statistics", name_pt = "estatisticas", kind = "bool",
            label = {en = "What it measures of itself (role admin)", pt = "O que ele mede de si mesmo (papel admin)"},
        },
    }, output.flags),
    call = function() return session.call(info, {}) end,
    run = function(arguments, io)
        local statistics = arguments.statistics
        arguments.statistics = nil
        if statistics then return show_statistics(arguments, io) end
        return io.call(info, arguments)
    end,
}
