-- Commands of the shell: `aluno criar --nome … --idade …`. Results go to stdout, a list as a table on a terminal
-- and as a line of JSON a student otherwise; everything else goes to stderr.
local aluno = require "aluno"
local commands = require "aluno.commands"
local console = require "aluno.console"
local failures = require "aluno.failures"
local flags = require "aluno.flags"
local session = require "aluno.session"
local grid = require "aluno.table"
local terminal = require "aluno.terminal"

local oneshot = {}

local write, complain = console.once.data, console.once.say

--- The list of a reply that comes in pages; nil for replies that are one value.
local function paged_list(method)
    local list, pages
    for _, field in ipairs(aluno.schema.messages[method.reply].fields) do
        if field.kind == "list" then list = list or field end
        pages = pages or field.name == "next_page_token"
    end
    return pages and list or nil
end

local function write_json(method, reply)
    local list = paged_list(method)
    if not list then return write(aluno.json(method.reply, reply)) end
    for _, item in ipairs(reply[list.name]) do
        write(aluno.json(list.type, item))
    end
end

--- Makes the call, as often as its pages need, and writes what it gives. Returns the exit code.
local function run_method(method, request)
    local replies, page = {}, request
    while page do
        local reply, err, metadata = session.call(method, page)
        if not reply then
            failures.tell_failure(method, err, complain)
            return failures.exit_code(err)
        end
        failures.tell_warnings(method, metadata, complain)
        replies[#replies + 1] = reply
        if not terminal.output then write_json(method, reply) end
        page = session.next_page(request, reply)
    end
    if terminal.output and not grid.write_lists(method, replies, write) then write_json(method, replies[1]) end
    return 0
end

--- Runs the command; returns its exit code, or nothing when the word is no command.
function oneshot.run(word, ...)
    local command = commands.find(word)
    if not command then return nil end
    local code, problem
    if command.method then
        local request
        request, problem = flags.parse(command, {...})
        code = request and run_method(command.method, request)
    else
        code, problem = commands.run(command, {...}, console.once)
    end
    if not code then complain("aluno: " .. problem) end
    return code or 2
end

return oneshot
