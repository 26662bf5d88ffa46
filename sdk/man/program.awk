# Makes a program's page of its --help and of what is written by hand:
#
#   awk -v version=1.2.3 -f program.awk HELP PAGE.in
#
# Of the help, indented lines of several columns count, which two spaces or more divide: the last column says what
# those before it are; but not examples. A line that is indented by 16 spaces or more continues the one before. The page's line @OPTIONS@
# gives way to those that begin with a dash, @COMMANDS@ to the others.

NR == FNR {
    match($0, /^ */)
    if (RLENGTH == 0)
        is_example = /^(examples|exemplos):/
    if (is_example)
        next
    if (RLENGTH >= 16)
        list[last] = substr(list[last], 1, length(list[last]) - 1) " " escaped($0) "\n"
    else if (RLENGTH >= 2)
        keep_row(escaped($0))
    next
}

$0 == "@OPTIONS@" || $0 == "@COMMANDS@" {
    printf "%s", list[$0]
    next
}

{
    gsub(/@VERSION@/, version)
    print
}

function escaped(line) {
    sub(/^ +/, "", line)
    gsub(/\\/, "\\e", line)
    gsub(/-/, "\\-", line)
    return line
}

function keep_row(line,    columns, count, i, term, kind) {
    kind = last = line ~ /^\\-/ ? "@OPTIONS@" : "@COMMANDS@"
    count = split(line, columns, /   */)
    if (count == 1 || columns[count] ~ /^\\-/) # what says enough by itself
        columns[++count] = ""
    term = columns[1]
    for (i = 2; i < count; i++)
        term = term (columns[i] ~ /^\\-/ ? ", " columns[i] : columns[i] ~ /^ALUNOD?_/ ? " (" columns[i] ")" : " " columns[i])
    list[kind] = list[kind] ".TP\n.B " term "\n" (columns[count] == "" ? "\\&" : columns[count]) "\n"
}
