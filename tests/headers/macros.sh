#!/bin/sh
# The public headers leave a program's macros unchanged. They define none without their prefix, leave none of the
# contract's rows defined, and compile where a program has macros of its own by the names of rows.
. "$(dirname "$0")/../lib/assert.sh"

headers=$ALUNO_SOURCE/sdk/include
system=$(cat "$headers"/aluno/*.h | sed -n 's/^#include <\([^/>]*\)>.*/\1/p' | sort -u)

# The macros' names after including these.
macros() {
    for header; do
        echo "#include <$header>"
    done | cc -std=c11 -dM -E -I "$headers" - | sed -n 's/^#define \([A-Za-z0-9_]*\).*/\1/p' | sort
}
# shellcheck disable=SC2086 # several words
macros $system >"$work/before"
# shellcheck disable=SC2086
macros $system aluno/aluno.h >"$work/after"
comm -13 "$work/before" "$work/after" >"$work/ours"

grep -qx ALUNO_VERSION "$work/ours" || not_ok 'the macros are listed'
same 'macros without the prefix' "$(grep -v '^ALUNO_' "$work/ours")" ''
same 'rows that stay defined' \
    "$(grep -xE 'ALUNO_(CODE|ROLE|RULE|REASON|MESSAGE|END|INT|BOOL|TEXT|ONE|LIST|METHOD)' "$work/ours")" ''

# A program's own macros: some are no C at all, so that any use of them would not compile.
for word in CODE ROLE RULE REASON MESSAGE END INT BOOL TEXT ONE LIST METHOD FIELD ROW SET OK NONE KEY READS SCANS \
    MUTATES REQUIRED OPTIONAL OUTPUT PARTIAL IN OUT; do
    echo "#define $word @"
done >"$work/program.c"
{
    echo '#include <aluno/aluno.h>'
    echo '#define VALUE(x) #x'
    echo '#define TEXT_OF(x) VALUE(x)'
    echo '_Static_assert(sizeof TEXT_OF(TEXT) == sizeof "@", "TEXT is still what the program made it");'
    echo '_Static_assert(sizeof TEXT_OF(END) == sizeof "@", "and END");'
} >>"$work/program.c"
works 'a program with macros of its own compiles' \
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$headers" "$work/program.c"
finish
