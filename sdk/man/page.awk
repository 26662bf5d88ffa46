# Writes the pages, in roff's man macros.

function write_pages(    i) {
    for (i = 1; i <= page_count; i++)
        write_page(pages[i])
    write_overview()
}

function put(text) {
    print text > file
}

function title(name, section) {
    file = folder "/man" section "/" name "." section
    put(".TH " name " " section " \"\" \"aluno " version "\" \"libaluno\"")
    put(".SH NAME")
}

function write_page(page,    names, count, i) {
    title(page, 3)
    put(page_names[page] " \\- " marked(summary(page)))
    put(".SH SYNOPSIS")
    put(".nf\n.B #include <" page_header[page] ">\n.fi\n.PP\n.EX")
    put(synopsis(page))
    put(".EE")
    if (page_doc[page] page_note[page] != "")
        put(".SH DESCRIPTION")
    put_text(page_doc[page])
    if (page_note[page] != "")
        put(".PP")
    put_text(page_note[page])
    write_see_also(page)
    close(file)
    count = split(page_names[page], names, ", ")
    for (i = 2; i <= count; i++) {
        file = folder "/man3/" names[i] ".3"
        put(".so man3/" page ".3")
        close(file)
    }
}

# The beginning of the first sentence, as a line of apropos has it.
function summary(page,    text) {
    text = page_doc[page]
    sub(/\n\n.*/, "", text)
    gsub(/\n/, " ", text)
    if (match(text, /[.;:]( |$)/))
        text = substr(text, 1, RSTART - 1)
    sub(/ [(][^)]*$/, "", text)
    if (text == "")
        return "part of <" page_header[page] ">"
    return text ~ /^[A-Z]([a-z]| )/ ? tolower(substr(text, 1, 1)) substr(text, 2) : text
}

# ---- declarations ----

function synopsis(page,    lines, count, i, line, text) {
    text = page_text[page]
    if (!page_is_type[page])
        return escaped(wrapped(text))
    sub(/[{] aluno/, "{\n    aluno", text)
    count = split(text, lines, "\n")
    text = ""
    for (i = 1; i <= count; i++) {
        line = lines[i]
        if (line !~ /^(typedef|extern|#|[{}]|\/| |$)/)
            line = "    " line
        text = text (i == 1 ? "" : "\n") line
    }
    return escaped(text)
}

# Prototypes, one after another, each broken between its parameters.
function wrapped(text,    all, count, i, words, parts, j, out, line, indent) {
    gsub(/ALUNO_API |static inline /, "", text)
    gsub(/\n +/, " ", text)
    count = split(text, all, "\n")
    for (i = 1; i <= count; i++) {
        indent = sprintf("%" index(all[i], "(") "s", "")
        parts = split(all[i], words, /, */)
        line = words[1]
        for (j = 2; j <= parts; j++)
            if (length(line ", " words[j]) > 78) {
                out = out line ",\n"
                line = indent words[j]
            } else
                line = line ", " words[j]
        out = out line (i == count ? "" : "\n")
    }
    return out
}

# ---- text ----

# A comment as paragraphs: an empty line divides them, four spaces or more make an example, a line in capitals begins a
# section, and a line `word: …` that begins a sentence begins an item.
function put_text(text,    lines, count, i, line, ended, example) {
    count = split(text, lines, "\n")
    for (i = 1; i <= count; i++) {
        line = lines[i]
        ended = i == 1 || lines[i - 1] ~ /([.)]|^|^[A-Z]+)$/
        if (example != (line ~ /^    /)) {
            example = !example
            put(example ? ".PP\n.RS 4\n.EX" : ".EE\n.RE")
        }
        if (example)
            put(escaped(substr(line, 5)))
        else if (line ~ /^[A-Z]+$/)
            put(".SH " line)
        else if (ended && count > 1 && match(line, /^([a-z_]+|ALUNO_[A-Za-z0-9_]+): /))
            put(".TP\n.I " substr(line, 1, RLENGTH - 2) "\n" marked(substr(line, RLENGTH + 1)))
        else if (line != "")
            put((i > 1 && lines[i - 1] == "" ? ".PP\n" : "") marked(line))
    }
    if (example)
        put(".EE\n.RE")
}

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/\n[.']/, "\n\\\\\\&&", text)
    gsub(/\n\\&/, "\n\\\\\\&", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

# Text with its names in bold, those of pages with their section, and what is in backticks in italics.
function marked(text,    out, name) {
    gsub(/\\/, "\\e", text)
    gsub(/->/, "\\->", text)
    while (match(text, /`[^`]*`|aluno_[a-z0-9_]+|ALUNO_[A-Z0-9_]+/)) {
        name = substr(text, RSTART, RLENGTH)
        out = out substr(text, 1, RSTART - 1)
        text = substr(text, RSTART + RLENGTH)
        if (name ~ /^`/) {
            gsub(/ /, "\\ ", name)
            out = out "\\fI" substr(name, 2, length(name) - 2) "\\fR"
        }
        else
            out = out "\\fB" name "\\fR" (is_function[name] && name != page ? "(3)" : "")
    }
    out = out text
    if (out ~ /^[.']/)
        out = "\\&" out
    return out
}

# ---- what else to read ----

# The pages that a page names, and the functions that take or give a message; sorted.
function write_see_also(page,    text, name, found, list, count, i) {
    text = page_text[page] " " page_doc[page]
    while (match(text, /aluno_[a-z0-9_]+|ALUNO_[A-Z0-9_]+/)) {
        name = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (name in page_of)
            found[page_of[name]] = 1
    }
    for (i = 1; i <= page_count && page in page_message; i++)
        if (is_function[pages[i]] && page_text[pages[i]] ~ page " ")
            found[pages[i]] = 1
    delete found[page]
    for (name in found)
        for (i = ++count; i > 0; i--) {
            list[i] = i > 1 && list[i - 1] > name ? list[i - 1] : name
            if (list[i] == name)
                break
        }
    put(".SH SEE ALSO")
    for (i = 1; i <= count; i++)
        put(".BR " list[i] " (3),")
    put(".BR aluno (7)")
}

# aluno(7): each header's own comment and what it declares, and the example.
function write_overview(    i, j, line) {
    title("aluno", 7)
    put("aluno \\- the C library of a school's student registry")
    put(".SH SYNOPSIS\n.nf\n.B #include <aluno/aluno.h>\n.PP\n.B cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs aluno)\n.fi")
    put(".SH DESCRIPTION")
    page = ""
    for (i = 1; i <= header_count; i++) {
        put(".SS <" headers[i] ">")
        put_text(header_doc[headers[i]])
        for (j = 1; j <= page_count; j++)
            if (page_header[pages[j]] == headers[i])
                put(".TP\n.BR " pages[j] " (3)\n" marked(summary(pages[j])))
    }
    put(".SH EXAMPLES\n.EX")
    while ((getline line < example) > 0)
        put(escaped(line))
    put(".EE\n.SH SEE ALSO\n.BR aluno (1),\n.BR alunod (8)")
    close(file)
}
