-- ajuda: the commands by groups, or the arguments of one of them, from the contract and commands/.
local commands = require "client.commands"
local errors = require "client.errors"
local grid = require "client.grid"
local language = require "client.language"
local lists = require "aluno.lists"
local options = require "aluno.options"
local pager = require "client.pager"
local terminal = require "program.terminal"

local column = 17 -- of the list: the verbs' width

local text = language.of {
    pt = {
        groups = {
            students = "alunos", files = "arquivos", session = "sessão (os que começam por \\ só no prompt)",
            service = "serviço", scripts = "scripts",
        },
        unknown = "não há o comando %s",
        remedy = "veja: ajuda",
        example = "exemplo: ",
        also = "também: ",
        rest = "Um comando sozinho pergunta o que precisa; com --campo valor, executa. O resto é Lua.",
        more = "Mais sobre um comando: ajuda criar, ou criar --help",
        examples = {
            "exemplos:",
            "  criar                     pergunta nome, idade, CPF e e-mail",
            "  obter maria               mostra Maria; também: obter 3, ou pelo CPF",
            "  listar joao silva         quem tem essas palavras no nome",
            "  listar idade>=16 --ordem idade",
            "  atualizar 3               pergunta o que muda no aluno de id 3",
            "  deletar 3                 pergunta e remove; restaurar 3 traz de volta",
            "  exportar turma.csv --excel",
            "  imprimir --saida turma.html",
        },
    },
    en = {
        groups = {
            students = "students", files = "files", session = "session (those that begin with \\ at the prompt alone)",
            service = "service", scripts = "scripts",
        },
        unknown = "there is no command %s",
        remedy = "see: help",
        example = "example: ",
        also = "also: ",
        rest = "A command alone asks for what it needs; with --field value it runs. Anything else is Lua.",
        more = "More about a command: help create, or create --help",
        examples = {
            "examples:",
            "  create                    asks for name, age, CPF and e-mail",
            "  get mary                  shows Mary; also: get 3, or by the CPF",
            "  list john smith           those with these words in the name",
            "  list age>=16 --order-by age",
            "  update 3                  asks what changes about the student of id 3",
            "  delete 3                  asks and removes; restore 3 brings back",
            "  export class.csv --excel",
            "  report --output class.html",
        },
    },
}

--- Values for the examples, by the English names of fields; the CPF is the one that the tax office's guides show.
local samples = {
    name = language.of {pt = '"Ana Souza"', en = '"Ann Sousa"'},
    age = "16",
    br_document = "529.982.247-25",
    email = language.of {pt = "ana@exemplo.com", en = "ann@example.com"},
    id = "1",
    query = language.of {pt = '"joao idade>=18"', en = '"joao age>=18"'},
    order_by = language.of {pt = "nome", en = "name"},
    request_id = "123e4567-e89b-12d3-a456-426614174000",
}

--- Returns an example of a call: all required flags, else one key and one option, with the CPF as the key | nil when
--- there are no flags
local function example(command)
    local line, key, option, is_needed = {command.name}, nil, nil, false
    for _, flag in ipairs(command.flags) do
        local sample = samples[flag.name] and options.written(flag) .. " " .. samples[flag.name]
        if sample and (flag.required or flag.either or flag.expected) then
            line[#line + 1], is_needed = sample, true
        elseif sample and flag.key then
            key = flag.rule ~= "any" and sample or key
        elseif sample then
            option = option or sample
        end
    end
    if key then line[#line + 1] = key end
    if option and not is_needed then line[#line + 1] = option end
    return #line > 1 and table.concat(line, " ") or nil
end

--- The verbs of a command in both languages, and its further words: "create, cadastrar, novo".
local function other_words(command)
    local words = lists.join({command.verb.pt, command.verb.en}, command.also or {})
    local seen = {[command.name] = true}
    return lists.map(lists.join(words, commands.synonyms(command)), function(word)
        local is_new = not seen[word]
        seen[word] = true
        return is_new and word
    end)
end

--- Writes a line, on a terminal divided between words; what follows its first line is below its text.
local function write(line, io)
    local _, width = terminal.size()
    if not width or terminal.width(line) <= width then return io.data(line) end
    local indent = line:find "^  %-%-" and 29 or 4
    if indent > width // 2 then indent = 4 end
    local first = grid.wrap(line, width)[1]
    io.data(first)
    for _, part in ipairs(grid.wrap(line:sub(#first + 2), width - indent)) do
        io.data((" "):rep(indent) .. part)
    end
end

local function one(command, io)
    for _, line in ipairs(options.help(command)) do
        write(line, io)
    end
    local others = other_words(command)
    if #others > 0 then write("  " .. text.also .. table.concat(others, ", "), io) end
    local shown = command.method and example(command)
    if shown then write("  " .. text.example .. shown, io) end
end

--- Returns the lines of a group; a text that is too long goes on below itself.
local function group_lines(group, width)
    local lines = {text.groups[group] .. ":"}
    for _, command in ipairs(commands.all()) do
        if command.group == group and not command.is_for_scripts then
            for i, part in ipairs(grid.wrap(command.doc[language.name], width - column)) do
                lines[#lines + 1] = grid.pad(i == 1 and "  " .. command.name or "", column) .. part
            end
        end
    end
    return lines
end

local function every(io)
    local lines, _, width = {}, terminal.size()
    width = width or 100
    for _, group in ipairs(commands.groups) do
        lines = lists.join(lines, group_lines(group, width))
    end
    lines = lists.join(lines, text.examples)
    for _, sentence in ipairs {text.rest, text.more} do
        lines = lists.join(lines, grid.wrap(sentence, width))
    end
    local sink <close> = io.paged and pager.open() or setmetatable({write = io.data}, {__close = function() end})
    for _, line in ipairs(lines) do
        sink.write(line)
    end
end

return {
    verb = {en = "help", pt = "ajuda"},
    {name = "command", value = {en = "COMMAND", pt = "COMANDO"}, optional = true},
    doc = {en = "shows the commands, or the fields of one", pt = "mostra os comandos, ou os campos de um"},
    group = "session",
    run = function(arguments, io)
        if not arguments.command then
            every(io)
            return 0
        end
        local command = commands.find(arguments.command) or commands.find("\\" .. arguments.command)
        if not command then
            local names = commands.words(language.name)
            return errors.report(errors.unknown(text.unknown, arguments.command, names, text.remedy), io.say)
        end
        one(command, io)
        return 0
    end,
}
