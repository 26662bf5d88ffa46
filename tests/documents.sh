#!/bin/sh
# The documents are true: links and anchors lead somewhere, paths in backticks exist, and every flag that a document names
# is one of the programs.
# shellcheck disable=SC2013,SC2016 # neither links, paths nor flags hold spaces; backticks are Markdown's
. "$(dirname "$0")/lib/assert.sh"

cd "$ALUNO_SOURCE" || exit 1
documents=$(find . -name '*.md' ! -path './build*' ! -path './.*/*' | sed 's|^\./||' | sort)

# prose FILE: the document without its blocks of code.
prose() {
    awk '/^```/ { code = !code; next } !code' "$1"
}

# The anchors of a document: its headings, as GitHub names them.
anchors() {
    prose "$1" | sed -n 's/^##* //p' | tr '[:upper:]' '[:lower:]' | LC_ALL=C.UTF-8 sed 's/[^[:alnum:] _-]//g; s/ /-/g'
}

check_link() {
    path=${2%%#*}
    anchor=${2#"$path"}
    target=$1
    [ -z "$path" ] || target=${1%"${1##*/}"}$path
    [ -e "$target" ] || not_ok "$1: leads to $2, which does not exist"
    [ -z "$anchor" ] || [ ! -f "$target" ] || anchors "$target" | grep -qxF -e "${anchor#"#"}" ||
        not_ok "$1: leads to $2, and there is no such heading"
}

# Paths of the repository in backticks: those that begin with a folder of its top, or of the document's own.
check_path() {
    [ -e "$2" ] || [ -e "${1%"${1##*/}"}$2" ] || not_ok "$1: names $2, which does not exist"
}

for document in $documents; do
    for link in $(prose "$document" | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//' | grep -v '^[a-z]*:'); do
        check_link "$document" "$link"
    done
    for path in $(prose "$document" | grep -oE '`(sdk|service|lua-client|certs|examples|tests)/[A-Za-z0-9_./-]+`' | tr -d '`'); do
        check_path "$document" "$path"
    done
done

# ---- flags ----

verbs='criar obter revelar listar atualizar deletar restaurar operacao servidor saude descrever exportar relatorio grafico importar testar configurar eliminar auditoria titular acompanhar'
{
    for language in pt en; do
        "$ALUNO" --lang "$language" --help
        for verb in $verbs; do
            "$ALUNO" --lang "$language" ajuda "$verb"
        done
    done
    "$ALUNOD" --help
    sh certs/aluno-certs help
    "$ALUNO_BUILD/sdk/aluno-reference" --help
    sh tests/bench/compare.sh --help
} >"$work/help" 2>&1

# Flags of other programs that these documents show, and flags that scripts declare for themselves.
foreign='build install target test-dir output-on-failure cflags libs static system group home signal kill-whom every pdeathsig
    at-once from to keep span limit list header-backup-file tpm source target output decrypt shrink store no-audit
    stop parar watch-id id-do-acompanhamento' # these four: of a message that acompanhar sends by itself
for document in $(echo "$documents" | grep -E 'README.*\.md|SCRIPTING\.md|REFERENCE\.md|ENCRYPTION\.md|LGPD\.md'); do
    for flag in $(LC_ALL=C.UTF-8 grep -oE '(^|[^[:alnum:]-])--[[:alpha:]][[:alpha:]-]+' "$document" | sed 's/^[^-]*--//' | sort -u); do
        grep -qiE -e "--$flag([^a-z-]|\$)" "$work/help" && continue
        echo " $(echo "$foreign" | tr -s ' \n' ' ') " | grep -qF -e " $flag " && continue
        not_ok "$document: names --$flag, which no program has"
    done
done
# ---- metrics: a row for each in the table, with its kind and its labels ----

sed -nE 's/^METRIC\([a-z_]+, ("[a-z_]+"), ([A-Z]+), [A-Z_]+, ("[a-z]+"|NULL), ("[a-z]+"|NULL),.*/| \1 | \L\2\E | \3, \4 |/p' \
    service/metrics/metric.def | sed 's/ NULL, NULL / /; s/, NULL / /; s/"/`/g' >"$work/metrics"
same 'metrics in the table' "$(grep -c '^| `aluno_[a-z_]*` |' service/README.md)" "$(grep -c '^METRIC(' service/metrics/metric.def)"
while read -r row; do
    grep -qF -e "$row" service/README.md || not_ok "service/README.md: lacks the metric $row"
done <"$work/metrics"
# ---- exit codes: a row for each in the table; manual.sh has the pages ----

for code in 0 1 $(sed -n 's/^    X(.*, \([0-9]*\)).*/\1/p' lua-client/module/exit_code.h); do
    grep -q "^| $code |" lua-client/SCRIPTING.md || not_ok "lua-client/SCRIPTING.md: lacks the exit code $code"
done
# ---- what the program says: the sentences of the registrar's table are the contract's or the client's ----

sed -n '/^## O que fazer quando/,/^###/s/^| `\([^`]*\)` |.*/\1/p' lua-client/README.pt.md | sed 's/[…:]//g; s/ *$//' >"$work/sentences"
[ "$(wc -l <"$work/sentences")" -gt 5 ] || not_ok 'lua-client/README.pt.md: has a table of what the program says'
while read -r sentence; do
    grep -rqiF -e "$sentence" sdk/REFERENCE.md lua-client/lua || not_ok "lua-client/README.pt.md: nothing says: $sentence"
done <"$work/sentences"
finish
