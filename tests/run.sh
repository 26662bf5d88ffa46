#!/bin/sh
# Builds aluno in every way that matters and runs its tests. Stops at the first stage that fails.
#
#   sh tests/run.sh                 all stages
#   sh tests/run.sh fast            only the ordinary build and its tests
#   sh tests/run.sh [fast] -R name  further arguments go to ctest
#
# Stages: style (clang-format, luacheck, shellcheck), test (gcc), asan (address and undefined-behaviour sanitizers), tsan
# (thread sanitizer; the tests labelled `threads`), clang (has no warning). Each builds in its own folder under
# build/. Coverage: tests/coverage.sh.
set -u
unset CDPATH

cd -- "$(dirname -- "$0")/.." || exit 1
jobs=$(nproc)
fast=
if [ "${1:-}" = fast ]; then
    fast=yes
    shift
fi

# The programs' variables in the caller's environment must not reach the tests.
for variable in $(env | sed -n 's/^\(ALUNOD\{0,1\}_[A-Z_]*\)=.*/\1/p'); do
    unset "$variable"
done

clock() {
    date +%s
}

# Runs a stage: its name, a command and its arguments.
stage() {
    name=$1
    shift
    echo "== $name"
    begun=$(clock)
    if ! "$@"; then
        echo "== $name failed after $(($(clock) - begun)) s" >&2
        exit 1
    fi
    echo "== $name passed in $(($(clock) - begun)) s"
}

# The tree as the style wants it. messages.h and contract.def are tables, laid out by hand.
style() {
    for entry in *; do
        case $entry in
        CMakeLists.txt | LICENSE | README.md | certs | examples | lua-client | sdk | service | tests | build*) ;;
        *)
            echo "$entry: has no place at the top level" >&2
            return 1
            ;;
        esac
    done
    suppressions_name_functions || return
    for tool in clang-format-14 luacheck shellcheck; do
        if ! command -v $tool >/dev/null; then
            echo "$tool is not installed: the style is not checked"
            return
        fi
    done
    find sdk service lua-client examples tests -name '*.[ch]' ! -name messages.h -print0 |
        xargs -0 clang-format-14 --dry-run -Werror --ferror-limit=1 &&
        luacheck --quiet lua-client tests examples &&
        find .ci .debian certs examples lua-client tests \( -name '*.sh' -o -name aluno-certs -o -name 'p*inst' -o -name 'p*rm' \
            -o -path .ci/run \) -print0 |
        xargs -0 -n 12 -P "$jobs" shellcheck
}

# A function that is renamed must be renamed in the sanitizers' suppressions, too.
suppressions_name_functions() {
    sed -n 's/^[a-z]*:^*\([A-Za-z_0-9]*\)$*$/\1/p' tests/lib/*.supp | while read -r name; do
        if ! grep -rqw --include='*.c' "$name" sdk service; then
            echo "tests/lib: a suppression names $name, which is no function" >&2
            exit 1
        fi
    done
}

# Configures and builds in build/NAME; further arguments go to CMake. Quiet unless it fails.
compile() {
    folder=build/$1
    shift
    mkdir -p "$folder" || return
    if ! { cmake -S . -B "$folder" -DALUNO_TESTS=ON -DALUNO_WERROR=ON "$@" && cmake --build "$folder" --parallel "$jobs"; } \
        >"$folder/build.log" 2>&1; then
        cat "$folder/build.log" >&2
        return 1
    fi
}

# Runs the tests built in build/NAME; further arguments go to ctest.
check() {
    folder=$PWD/build/$1
    shift
    ctest --test-dir "$folder" --output-on-failure --parallel $((jobs * 2)) "$@"
    passed=$?
    end_leftovers "$folder" || return
    return $passed
}

# Ends the processes that tests left behind; that there were any is a failure.
end_leftovers() {
    clean=0
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
        "$1"/*)
            echo "left behind by a test: process ${process#/proc/}: $(tr '\0' ' ' <"$process/cmdline")" >&2
            kill -KILL "${process#/proc/}"
            clean=1
            ;;
        esac
    done
    return $clean
}

test_default() {
    compile test && check test "$@"
}

test_asan() {
    compile asan -DALUNO_SANITIZE=address,undefined && UBSAN_OPTIONS=print_stacktrace=1 check asan "$@"
}

# A program whose other threads still run waits at its end for a race with them: a second each time, if nothing else is said.
test_tsan() {
    mkdir -p build/tsan && find_tsan build/tsan && compile tsan -DALUNO_SANITIZE=thread &&
        TSAN_OPTIONS="atexit_sleep_ms=100 suppressions='$PWD/tests/lib/tsan.supp'" check tsan -L threads "$@"
}

# The thread sanitizer cannot lay out its memory where the kernel randomises addresses much; such a machine runs
# ctest without randomisation, which a trivial program finds out.
find_tsan() {
    echo 'int main(void) { return 0; }' >"$1/trivial.c"
    ${CC:-cc} -fsanitize=thread -o "$1/trivial" "$1/trivial.c" || return
    "$1/trivial" 2>/dev/null && return
    setarch -R "$1/trivial" || return
    ctest() {
        setarch -R ctest "$@"
    }
}

# clang's warnings are its front end's, so that nothing is compiled to its end. C files that the build generates are left out.
check_by_clang() {
    mkdir -p build/clang || return
    if ! CC=clang cmake -S . -B build/clang -DALUNO_TESTS=ON -DALUNO_WERROR=ON >build/clang/build.log 2>&1; then
        cat build/clang/build.log >&2
        return 1
    fi
    sed -n 's/^  "command": "\(.*\)",$/\1/p' build/clang/compile_commands.json |
        sed 's/\\\(["\\]\)/\1/g; s/ -o [^ ]* / -fsyntax-only /' | sort -u |
        while read -r command; do
            [ ! -f "${command##* }" ] || printf '%s\n' "$command"
        done | xargs -d '\n' -n 1 -P "$jobs" sh -c
}

begun_all=$(clock)
sh examples/packages.sh build test || exit 1
# make takes half as long for hundreds of programs as their compiler. A folder that was made by it stays so.
if command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
stage style style
stage test test_default "$@"
if [ -z "$fast" ]; then
    stage asan test_asan "$@"
    stage tsan test_tsan "$@"
    stage clang check_by_clang
fi
echo "== all passed in $(($(clock) - begun_all)) s"
