#!/bin/sh
# The manual: every function and table that libaluno exports has its page, and every page reads without a complaint.
. "$(dirname "$0")/lib/assert.sh"

pages=$ALUNO_BUILD/sdk/man
symbols=$(nm -D --defined-only "$ALUNO_BUILD/sdk/libaluno.so" | awk '$3 ~ /^aluno_/ {print $3}')
[ "$(echo "$symbols" | wc -l)" -gt 30 ] || not_ok 'the library exports functions'

# Where a page leads elsewhere (.so), the page it leads to.
page_of() {
    target=$(sed -n '1s/^[.]so //p' "$pages/man3/$1.3")
    echo "$pages/${target:-man3/$1.3}"
}

for symbol in $symbols; do
    if [ -f "$pages/man3/$symbol.3" ]; then
        page=$(page_of "$symbol")
        sed -n '/^.SH NAME/{n;p;}' "$page" | grep -qw "$symbol" || not_ok "$page does not name $symbol"
        grep -q "^.SH DESCRIPTION" "$page" || not_ok "$page does not say what $symbol does"
    else
        not_ok "$symbol has no page"
    fi
done

# The warnings of `man --warnings`, by one groff for all pages. It runs where a page finds the one that it leads to.
read_all() {
    (cd "$pages" && groff -k -t -mandoc -wmac -z -Tutf8 man?/* "$ALUNO_BUILD"/man/*.[18] 2>&1)
}
! command -v groff >/dev/null || same 'the warnings of groff' "$(read_all)" ''

# Pages of declarations of the contract are complete: a message's page has its fields, an enumeration's page has its values.
field_count=$("$ALUNO_BUILD/sdk/aluno-reference" --wire | grep -c '^field Student[.]')
same "the fields of aluno_student" "$(sed -n '/^.SH FIELDS/,/^.SH SEE/p' "$pages/man3/aluno_student.3" | grep -c '^[.]TP')" "$field_count"
reason_count=$("$ALUNO_BUILD/sdk/aluno-reference" --wire | grep -c '^reason ')
same "the values of aluno_reason" "$(sed -n '/^.SH VALUES/,/^.SH SEE/p' "$pages/man3/aluno_reason.3" | grep -c '^[.]TP')" "$reason_count"

same 'the example of aluno(7)' "$(sed -n '/^.SH EXAMPLES/,/^.EE/p' "$pages/man7/aluno.7" | grep -c 'int main')" 1

# The client's pages have what a user looks for, and as it is.
variables=$(cd "$ALUNO_SOURCE/lua-client" && {
    grep -rhoE 'getenv[ (]"[A-Z_]+"' . | sed 's/.*"\(.*\)"/\1/'
    grep -ohE 'environment = "[A-Z_]+"' lua/client/flags.lua | sed 's/.*"\(.*\)"/\1/'
    echo XDG_CONFIG_HOME
} | grep -vx 'ALUNO_TESTING' | sort -u)
[ "$(echo "$variables" | wc -l)" -gt 10 ] || not_ok 'the client reads variables of the environment'
for page in "$ALUNO_BUILD/man/aluno.1" "$ALUNO_BUILD/man/aluno.pt_BR.1"; do
    for section in SEARCH.*BUSCA FILES.*ARQUIVOS ENVIRONMENT.*AMBIENTE EXIT.STATUS.*ESTADO.DE.SAÍDA EXAMPLES.*EXEMPLOS; do
        grep -qE "^[.]SH \"?(${section%%.\**}|${section##*\*})" "$page" || not_ok "$page: lacks the section $section"
    done
    for variable in $variables; do
        grep -qw "$variable" "$page" || not_ok "$page: lacks the variable $variable"
    done
    for code in 0 1 $(sed -n 's/^    X(.*, \([0-9]*\)).*/\1/p' "$ALUNO_SOURCE/lua-client/module/exit_code.h"); do
        grep -qx "[.]B $code" "$page" || not_ok "$page: lacks the exit code $code"
    done
    # shellcheck disable=SC2088 # the pages have the tilde
    for file in '~/.config/aluno/config' '~/.local/state/aluno/history' '~/.local/state/aluno/import.1'; do
        grep -qF "$file" "$page" || not_ok "$page: lacks the file $file"
    done
done

# A line of a program's help that goes on belongs to the one before.
printf '  run  begins\nexamples:\n  run 3  this\nMore:\n  --one  first\n                    & second\n' >"$work/help"
printf '@COMMANDS@\n@OPTIONS@\n' >"$work/page.in"
same 'a page of a help' "$(awk -f "$ALUNO_SOURCE/sdk/man/program.awk" "$work/help" "$work/page.in" | paste -sd ' ')" \
    '.TP .B run begins .TP .B \-\-one first & second'

# A function without a comment is refused by name.
mkdir "$work/aluno" "$work/man3" "$work/man7"
printf '/* A header. */\n\nint x;\n\nALUNO_API int aluno_silent(void);\n' >"$work/aluno/silent.h"
generate() {
    (cd "$ALUNO_SOURCE/sdk" && awk -v version=1 -v folder="$work" -v example=/dev/null -f man/page.awk -f man/header.awk "$work/aluno/silent.h")
}
fails 1 'a function without a comment' generate
says 'aluno/silent.h: aluno_silent: a comment above it must say what it does'
finish
