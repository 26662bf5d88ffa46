#!/bin/sh
# Finds faults without running anything: cppcheck (tests/lib/cppcheck.supp), clang-tidy (.clang-tidy) and gcc's analyzer over
# the C of sdk, service and lua-client. All are quiet when it passes. Takes a quarter of an hour on two cores.
#
#   sh tests/campaign/static.sh [cppcheck|clang-tidy|gcc|all [FILE…]]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${ALUNO_BUILD:-$root/build/test}
cd "$root"
tool=${1:-all}
[ $# -eq 0 ] || shift

[ -f "$build/compile_commands.json" ] ||
    cmake -S . -B "$build" -DALUNO_TESTS=ON -DALUNO_WERROR=ON >/dev/null
# shellcheck disable=SC2046 # names without spaces
[ $# -gt 0 ] || set -- $(find sdk service lua-client -name '*.c')

check_cppcheck() {
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 --library=posix --library=gnu \
        --suppressions-list=tests/lib/cppcheck.supp -D_GNU_SOURCE -Isdk/include -Isdk -Iservice -Ilua-client/module "$@"
}

check_clang_tidy() {
    printf '%s\n' "$@" | xargs -n 8 -P "$(nproc)" clang-tidy-14 --quiet -p "$build" 2>/dev/null
}

# Each file's own command, without its output. Left out, as gcc 12 does not follow them:
#   malloc-leak        what a list or a struct of the caller keeps
#   null-dereference   that a failure's code, which comes from another file, is never ALUNO_OK; conditions of loops
check_gcc() {
    printf '%s\n' "$@" | sed "s|^|$root/|" >"$build/analyzed"
    jq -r --rawfile files "$build/analyzed" \
        '($files | split("\n")) as $wanted | .[] | select(.file | IN($wanted[])) | "cd \(.directory) && \(.command)"' \
        "$build/compile_commands.json" | sed 's| -o [^ ]*[.]o | -o /dev/null -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-null-dereference |' |
        tr '\n' '\0' | xargs -0 -n 1 -P "$(nproc)" sh -c
}

status=0
for each in cppcheck clang_tidy gcc; do
    case $tool in
    all | "$each" | "$(echo $each | tr _ -)") ;;
    *) continue ;;
    esac
    begun=$(date +%s)
    if check_$each "$@"; then
        echo "$each: quiet, in $(($(date +%s) - begun)) s"
    else
        status=1
        echo "$each: see above" >&2
    fi
done
exit $status
