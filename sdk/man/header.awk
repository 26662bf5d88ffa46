# Finds what the public headers declare and the comment above each: a comment belongs to the declaration that follows
# it directly, and to those that follow that one without an empty line. The first comment is about the header itself.
# A comment that begins with ---- and stands alone holds for all that comes after it.
#
# What a header declares by contract.def is read from CONTRACT, which aluno-reference --declarations writes.
#
#   awk -v version=1.2.3 -v folder=OUT -v example=hello.c -f page.awk -f header.awk HEADER... CONTRACT
#
# writes OUT/man3/*.3, a page a function or type, and OUT/man7/aluno.7, with the example. It fails, naming each, when a
# function has no comment.

FNR == 1 {
    release_macros()
    header = "aluno/" FILENAME
    sub(/aluno\/.*\//, "aluno/", header)
    note = comment = ""
    joins = 0
    state = "top"
}

# Where the contract is included the macros before it are its rows; their comment is kept for what they declare.
/^#include <aluno\/contract.def>/ {
    for (i = 1; i <= held && state == "declaration"; i++)
        declaration = declaration "\n" macro[i]
    held = 0
    if (state == "declaration")
        declaration = declaration "\n" $0
    else
        contract_doc[header] = without_title(comment)
    next
}

/^#define / || continues {
    continues = /\\$/
    macro[++held] = $0
    next
}

/^#line / {
    header = $3
    gsub(/"/, "", header)
    comment = contract_doc[header]
    from_contract = 1
    next
}

{
    release_macros()
    read_line($0)
}

END {
    if (failed)
        exit 1
    write_pages()
}

function release_macros(    i) {
    for (i = 1; i <= held; i++)
        read_line(macro[i])
    held = 0
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
        headers[++header_count] = header
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
    if (join_type(name) || is_type && complete(name))
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

# A variable aluno_x_type, the descriptor of a message, belongs to the page of the message.
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

# The whole of a type that the header declares by the contract: its page gets this text, and this comment too.
function complete(name) {
    if (!from_contract || !(name in page_of))
        return 0
    page_text[name] = declaration
    page_doc[name] = page_doc[name] (comment == "" ? "" : "\n\n" comment)
    return 1
}

function begin_page(name, is_type) {
    page = name
    pages[++page_count] = page
    page_header[page] = header
    page_is_type[page] = is_type
    page_doc[page] = without_title(comment)
    page_note[page] = from_contract ? "" : note
    if (is_type && from_contract)
        page_message[page] = 1
}
