# Makes a shell's completion of alunod from what alunod --help prints:
#
#   alunod --help | awk -v shell=bash|zsh|fish -f completion.awk
#
# A row of an option is "  --NAME [VALUE] [ALUNOD_VARIABLE]  DOC". VALUE is FILE, DIR or both, words divided by |, or
# something else, which has no candidates. A row of a command is "  NAME  [FILE]  DOC".

/^  --/ {
    options[++count] = $1
    rest = substr($0, index($0, $1) + length($1))
    if (rest ~ /^ [^ ]/) {
        value[$1] = $2
        sub(/^ [^ ]+/, "", rest)
    }
    sub(/^ *(ALUNOD_[A-Z_]+)? */, "", rest)
    doc[$1] = rest
}

/^  [a-z]/ {
    commands[++command_count] = $1
    line = substr($0, index($0, $1) + length($1))
    takes_file[$1] = sub(/^ +FILE/, "", line)
    sub(/^ +/, "", line)
    doc[$1] = line
}

END {
    if (shell == "bash")
        print_bash()
    else if (shell == "zsh")
        print_zsh()
    else
        print_fish()
}

function is_file(option) {
    return value[option] ~ /^(FILE|DIR)/
}

# The words that the value may be, divided by spaces; "" when it is none of a list.
function choices(option,    words) {
    words = value[option]
    return words ~ /[|]/ && words ~ /^[a-z,|]+$/ ? replaced(words, "[|]", " ") : ""
}

function replaced(text, pattern, by) {
    gsub(pattern, by, text)
    return text
}

# Text between single quotes of a shell.
function quoted(text) {
    return "'" replaced(text, "'", "'\\''") "'"
}

function all(list, n,    i, words) {
    for (i = 1; i <= n; i++)
        words = words (i > 1 ? " " : "") list[i]
    return words
}

function print_bash(    i, option, files, others, cases) {
    for (i = 1; i <= count; i++) {
        option = options[i]
        if (is_file(option))
            files = files "|" option
        else if (choices(option) != "")
            cases = cases "    " option ") mapfile -t COMPREPLY < <(compgen -W " quoted(choices(option)) " -- \"$typed\") ;;\n"
        else if (value[option] != "")
            others = others "|" option
    }
    for (i = 1; i <= command_count; i++)
        if (takes_file[commands[i]])
            files = files "|" commands[i]
    print "# Completion of alunod for bash, made from its --help."
    print "_alunod() {"
    print "    local typed=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}"
    print "    [[ $last != = ]] || last=${COMP_WORDS[COMP_CWORD-2]}"
    print "    [[ $typed != = ]] || { typed=; last=${COMP_WORDS[COMP_CWORD-1]}; }"
    print "    COMPREPLY=()"
    print "    case $last in"
    printf "%s", cases
    print "    " substr(files, 2) ")"
    print "        compopt -o filenames"
    print "        mapfile -t COMPREPLY < <(compgen -f -- \"$typed\") ;;"
    print "    " substr(others, 2) ") ;;"
    print "    alunod|*/alunod) mapfile -t COMPREPLY < <(compgen -W " quoted(all(commands, command_count) " " all(options, count)) \
        " -- \"$typed\") ;;"
    print "    *) mapfile -t COMPREPLY < <(compgen -W " quoted(all(options, count)) " -- \"$typed\") ;;"
    print "    esac"
    print "}"
    print "complete -F _alunod alunod"
}

# What _arguments takes as a text.
function plain(text) {
    return replaced(replaced(text, "[]\\\\[]", "\\\\&"), ":", "\\:")
}

function print_zsh(    i, option, action, words) {
    print "#compdef alunod"
    print "# Completion of alunod for zsh, made from its --help."
    print "_arguments \\"
    for (i = 1; i <= count; i++) {
        option = options[i]
        action = is_file(option) ? ":file:_files" : choices(option) != "" ? ":value:(" choices(option) ")" : \
            value[option] != "" ? ":" plain(value[option]) ": " : ""
        print "    " quoted(option (value[option] != "" ? "=" : "") "[" plain(doc[option]) "]" action) " \\"
    }
    for (i = 1; i <= command_count; i++)
        words = words (i > 1 ? " " : "") commands[i] "\\:\"" replaced(plain(doc[commands[i]]), "\"", "") "\""
    print "    " quoted("1:command:((" words "))") " \\"
    print "    " quoted("2:file:_files")
}

function print_fish(    i, option, action, with_file) {
    print "# Completion of alunod for fish, made from its --help."
    print "complete --command alunod --no-files"
    for (i = 1; i <= count; i++) {
        option = options[i]
        action = is_file(option) ? " --require-parameter --force-files" : \
            choices(option) != "" ? " --exclusive --arguments " quoted(choices(option)) : \
            value[option] != "" ? " --exclusive" : ""
        print "complete --command alunod --long-option " substr(option, 3) action " --description " quoted(doc[option])
    }
    for (i = 1; i <= command_count; i++) {
        print "complete --command alunod --condition __fish_use_subcommand --arguments " commands[i] " --description " \
            quoted(doc[commands[i]])
        if (takes_file[commands[i]])
            with_file = with_file " " commands[i]
    }
    print "complete --command alunod --condition " quoted("__fish_seen_subcommand_from" with_file) " --force-files"
}
