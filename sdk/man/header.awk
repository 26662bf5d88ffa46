# Finds what the public headers declare and the comment above each: a comment belongs to the declaration that follows
# it directly, and to those that follow that one without an empty line. The first comment is about the header itself.
# A comment that begins with ---- and stands alone holds for all that comes after it.
#
#   awk -v version=1.2.3 -v folder=OUT -f page.awk -f contract.awk -f header.awk contract.def HEADER...
#
# writes OUT/man3/*.3, a page a function or type, and OUT/man7/aluno.7. It fails, naming each, when a function has no
# comment.

FILENAME ~ /\.def$/ {
    read_contract_line($0)
    next
}

FNR == 1 {
    header = "aluno/" FILENAME
    sub(/aluno\/.*\//, "aluno/", header)
    headers[++header_count] = header
    note = comment = ""
    joins = 0
    state = "top"
}

/^#define ALUNO_(CODE|ROLE|RULE|REASON|MESSAGE|END|INT|BOOL|TEXT|ONE|LIST|METHOD)\(/ || continues {
    continues = /\\$/
    definition = definition $0
    if (!continues) {
        define_row(definition)
        definition = ""
    }
    next
}

/^#include <aluno\/contract.def>/ {
    for (row = 1; row <= rows; row++)
        if (row_kind[row] in macro_body)
            read_line(expanded(row))
    split("", macro_body)
    next
}

{ read_line($0) }

END {
    if (failed)
        exit 1
    write_pages()
}

function read_line(line) {
    if (state == "comment" || state == "top" && line ~ /^\/\*/)
        read_comment(line)
    else if (state == "top")
        read_top(line)
    else
        read_declaration(line)
}

function read_comment(line,    ends) {
    ends = line ~ /\*\/ *$/
    sub(/^(\/\*| \*\/| \*) ?/, "", line)
    sub(/ *\*\/ *$/, "", line)
    comment = (state == "comment" ? comment "\n" : "") line
    state = ends ? "top" : "comment"
    if (ends && !(header in header_doc)) {
        header_doc[header] = comment
        comment = ""
    }
}

function read_top(line) {
    if (line ~ /^(typedef|ALUNO_API|static inline) / || line ~ /^#define ALUNO_/ && line !~ /_H$/) {
        declaration = ""
        state = "declaration"
        read_declaration(line)
        return
    }
    if (line == "" && comment ~ /^----/)
        note = without_title(comment)
    comment = ""
    joins = 0
}

# A declaration ends with a ; outside brackets, a function that is defined here with the } that ends it, a macro with the
# first line that does not go on.
function read_declaration(line,    opened, closed) {
    declaration = declaration (declaration == "" ? "" : "\n") line
    opened = gsub(/[{]/, "{", declaration)
    closed = gsub(/[}]/, "}", declaration)
    if (declaration ~ /^#define/ ? line ~ /\\$/ : opened > closed || line !~ /[;}]$/)
        return
    state = "top"
    declare()
    comment = ""
}

function without_title(text) {
    sub(/^----[^\n]*(\n|$)/, "", text)
    sub(/^\n+/, "", text)
    return text
}

# ---- what was declared ----

function name_of(text) {
    if (text ~ /^typedef/ && text ~ /[{]/)
        sub(/^.*[}] */, "", text)
    sub(/[({][^*].*$|;.*$/, "", text)
    gsub(/[*()]/, " ", text)
    sub(/ +$/, "", text)
    sub(/^.*[ \n]/, "", text)
    return text
}

# A macro's name and parameters; the head of a function that is defined in the header.
function without_body(text) {
    if (text ~ /^#define/) {
        sub(/^#define /, "", text)
        return text ~ /^[A-Z_]+[(]/ ? substr(text, 1, index(text, ")")) : substr(text, 1, match(text " ", /[ \n]/) - 1)
    }
    if (text !~ /^typedef/)
        sub(/[ \n]*[{].*$/, ";", text)
    return text
}

function declare(    name, is_macro, is_type) {
    is_macro = declaration ~ /^#define/
    is_type = declaration ~ /^typedef/
    declaration = without_body(declaration)
    name = name_of(declaration)
    if (name ~ /_has$/ && is_type)
        return
    if (join_type(name))
        return
    if (is_type || comment != "" || !joins && !is_macro)
        begin_page(name, is_type)
    joins = 1
    page_of[name] = page
    page_names[page] = page_names[page] (page_names[page] == "" ? "" : ", ") name
    page_text[page] = page_text[page] (page_text[page] == "" ? "" : "\n") declaration
    is_function[name] = !is_macro && !is_type
    if (is_function[name] && page_doc[page] == "") {
        print header ": " name ": a comment above it must say what it does" > "/dev/stderr"
        failed = 1
    }
}

# A variable aluno_x_type, the descriptor of a message, has its place beside the message itself.
function join_type(name,    type) {
    type = name
    if (declaration !~ /^ALUNO_API extern / || !sub(/_type$/, "", type) || !(type in page_message))
        return 0
    sub(/^ALUNO_API /, "", declaration)
    page_of[name] = type
    page_names[type] = page_names[type] ", " name
    page_text[type] = page_text[type] "\n\n/* <" header "> */\n" declaration
    return 1
}

function begin_page(name, is_type,    id) {
    page = name
    pages[++page_count] = page
    page_header[page] = header
    page_is_type[page] = is_type
    page_doc[page] = without_title(comment)
    page_note[page] = note
    id = substr(name, length("aluno_") + 1)
    if (is_type && message_doc(id) != "") {
        page_message[page] = id
        page_doc[page] = "A message of the contract: " message_doc(id) "."
    }
}
