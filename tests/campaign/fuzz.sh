#!/bin/sh
# Fuzzes the readers of hostile bytes, guided by coverage, with the sanitizers of addresses and undefined behaviour:
#
#   sh tests/campaign/fuzz.sh MINUTES [TARGET…]   each target of tests/fuzz so long (0.5: half a minute), one after another
#   sh tests/campaign/fuzz.sh merge [TARGET…]     puts into tests/fuzz/corpus what was found and covers more than it
#
# Prints the executions of each target and their sum. What was found stays in build/fuzz/found, from where the next run goes
# on; what crashes is in build/fuzz/crash-*, and makes the command fail.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$root/build/fuzz corpus=$root/tests/fuzz/corpus

build() {
    mkdir -p "$folder"
    if ! { CC=clang cmake -S "$root" -B "$folder" -DALUNO_TESTS=ON -DALUNO_SANITIZE=fuzzer-no-link,address,undefined \
        -DBUILD_SHARED_LIBS=OFF && cmake --build "$folder" --parallel "$(nproc)" --target fuzz; } >"$folder/build.log" 2>&1; then
        cat "$folder/build.log" >&2
        return 1
    fi
}

# What Lua frees later than it would be freed by hand looks like a leak after each run, and each look takes milliseconds.
leaks_of() {
    if [ -f "$root/tests/fuzz/$1.lua" ]; then echo 0; else echo 1; fi
}

# The number that libFuzzer's statistics have by that name.
statistic() {
    sed -n "s/^stat::$1: *//p" "$folder/$target.log"
}

run() {
    target=$1
    mkdir -p "$folder/found/$target"
    "$folder/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$folder/crash-$target-" \
        -max_len=4096 -detect_leaks="$(leaks_of "$target")" "$folder/found/$target" "$corpus/$target" >"$folder/$target.log" 2>&1 && passed=yes || passed=no
    executions=$(statistic number_of_executed_units)
    printf '%-12s %12s executions %9s a second\n' "$target" "${executions:-?}" "$(statistic average_exec_per_sec)"
    total=$((total + ${executions:-0}))
    [ "$passed" = yes ] && return
    sed -n '/ERROR\|SUMMARY\|Test unit written/p' "$folder/$target.log" >&2
    status=1
}

# Lines that the tree's corpus does not reach yet, by files of at most 512 bytes.
merge() {
    target=$1
    mkdir -p "$folder/found/$target"
    "$folder/tests/fuzz/fuzz_$target" -merge=1 -use_counters=0 -max_len=512 "$corpus/$target" "$folder/found/$target" >"$folder/$target.log" 2>&1
    printf '%-12s %s files\n' "$target" "$(find "$corpus/$target" -type f | wc -l)"
}

case ${1:-} in
merge) action=merge ;;
*[!0-9.]* | '')
    echo 'usage: fuzz.sh MINUTES|merge [TARGET…]' >&2
    exit 2
    ;;
*)
    action=run
    seconds=$(awk -v minutes="$1" 'BEGIN { print int(minutes * 60) }')
    ;;
esac
shift
build
total=0 status=0
# shellcheck disable=SC2046 # names without spaces
[ $# -gt 0 ] || set -- $(ls "$corpus")
for each; do
    $action "$each"
done
[ $action = merge ] || printf '%-12s %12s executions\n' 'in all' "$total"
exit $status
