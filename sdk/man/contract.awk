# Reads the rows of contract.def, and expands them where a header includes it: what a C preprocessor does, kept as lines.

# "TEXT" for "ALUNO_TEXT(…".
function row_name(text) {
    return substr(text, length("ALUNO_") + 1, index(text, "(") - length("ALUNO_") - 1)
}

# One row in pieces: row_kind[row], row_part[row, i]. Commas divide the parts, but for those inside quotes or brackets.
function keep_row(text,    i, c, quoted, depth, part) {
    row_kind[++rows] = row_name(text)
    text = substr(text, index(text, "(") + 1)
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\"" && substr(text, i - 1, 1) != "\\")
            quoted = !quoted
        if (!quoted && (c == "," && depth == 0 || c == ")" && depth == 0)) {
            gsub(/^[ \t]+|[ \t]+$/, "", part)
            row_part[rows, ++row_parts[rows]] = part
            part = ""
            continue
        }
        depth += !quoted * ((c == "(") - (c == ")"))
        part = part c
    }
}

# Whether a row ends here: a bracket that is not inside quotes closes the first one.
function is_whole(text,    i, c, quoted, depth) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\"" && substr(text, i - 1, 1) != "\\")
            quoted = !quoted
        depth += !quoted * ((c == "(") - (c == ")"))
        if (c == ")" && !quoted && depth == 0)
            return 1
    }
    return 0
}

function read_contract_line(line) {
    if (line ~ /^\/\*/)
        in_contract_comment = 1
    if (!in_contract_comment && (row_text != "" || line ~ /^ *ALUNO_[A-Z]+\(/))
        row_text = row_text line
    if (line ~ /\*\/ *$/)
        in_contract_comment = 0
    if (row_text != "" && is_whole(row_text)) {
        sub(/^ +/, "", row_text)
        keep_row(row_text)
        row_text = ""
    }
}

function unquoted(text) {
    gsub(/"[ \t]*"|^"|"$/, "", text)
    return text
}

# The English description of a message or the text of a rule; "" for what is none.
function message_doc(id,    row) {
    for (row = 1; row <= rows; row++)
        if (row_kind[row] == "MESSAGE" && row_part[row, 1] == id)
            return unquoted(row_part[row, 3])
    return ""
}

function rule_doc(rule,    row) {
    for (row = 1; row <= rows && rule != "any"; row++)
        if (row_kind[row] == "RULE" && row_part[row, 1] == rule)
            return unquoted(row_part[row, 2])
    return ""
}

# ---- #define ROW(a, b, ...) body, then #include <aluno/contract.def> ----

function define_row(text,    name, i) {
    sub(/^#define /, "", text)
    name = row_name(text)
    macro_parameters[name] = substr(text, index(text, "(") + 1, index(text, ")") - index(text, "(") - 1)
    macro_body[name] = substr(text, index(text, ")") + 1)
    gsub(/[ \t\\]+/, " ", macro_body[name])
    sub(/^ /, "", macro_body[name])
}

# Replaces the word wherever it stands alone or between ##.
function replace_word(text, word, by,    out, found, before, after) {
    while (match(text, "(##)?" word "(##)?")) {
        found = substr(text, RSTART, RLENGTH)
        before = found ~ /^##/ ? "" : substr(text, RSTART - 1, RSTART > 1)
        after = found ~ /##$/ ? "" : substr(text, RSTART + RLENGTH, 1)
        out = out substr(text, 1, RSTART - 1) ((before after) ~ /[A-Za-z0-9_]/ ? found : by)
        text = substr(text, RSTART + RLENGTH)
    }
    return out text
}

function expanded(row,    text, names, count, i, size) {
    text = macro_body[row_kind[row]]
    count = split(macro_parameters[row_kind[row]], names, /, */)
    for (i = 1; i <= count; i++)
        if (names[i] != "...")
            text = replace_word(text, names[i], row_part[row, i])
    if (match(text, /\([0-9]+\) \+ 1/)) {
        size = substr(text, RSTART + 1) + 1
        text = substr(text, 1, RSTART - 1) size substr(text, RSTART + RLENGTH)
    }
    return text
}
