#!/bin/sh
# Each public header's first comment names the sources that implement it: whatever they export stands in that header.
. "$(dirname "$0")/../lib/assert.sh"

# The exported symbols of the library's objects: `SOURCE SYMBOL`, such as `protocol/cpf_digits.c aluno_cpf_mask`.
find "$ALUNO_BUILD/sdk/CMakeFiles" -path '*aluno*.dir/*' -name '*.c.o' -exec nm -A -g --defined-only {} + |
    sed -n 's|^.*/aluno[a-z_]*[.]dir/\(.*[.]c\)[.]o:.* \(aluno_[a-z0-9][a-z0-9_]*\)$|\1 \2|p' | sort -u >"$work/symbols"
works 'the objects are found' grep -qx 'protocol/cpf_digits.c aluno_cpf_mask' "$work/symbols"

# The first comment of a header.
about() {
    sed '/\*\//q' "$1"
}

# header_of SYMBOL: the header that declares it; what macros declare stands in those of the typed calls and descriptors.
header_of() {
    found=$(grep -lE "^(ALUNO_API|static inline) .*[ *]$1\(" "$ALUNO_SOURCE"/sdk/include/aluno/*.h)
    case $found,$1 in
        ,aluno_start_*) echo "$ALUNO_SOURCE/sdk/include/aluno/async.h" ;;
        ,aluno_*_type) echo "$ALUNO_SOURCE/sdk/include/aluno/schema.h" ;;
        *) echo "$found" ;;
    esac
}

every_export_stands_in_the_header_that_names_its_source() {
    while read -r source symbol; do
        [ -f "$ALUNO_SOURCE/sdk/$source" ] || continue # an object that an older build left
        header=$(header_of "$symbol")
        [ -n "$header" ] || { not_ok "$symbol of $source is in no header"; continue; }
        about "$header" | grep -qF "${source##*/}" || not_ok "${header##*/} does not name $source, which has $symbol"
    done <"$work/symbols"
}

run every_export_stands_in_the_header_that_names_its_source
finish
