#!/bin/sh
# Fuzzes the readers of hostile bytes, guided by coverage:
#
#   sh tests/campaign/fuzz.sh MINUTES [TARGET…]   the targets of tests/fuzz, all at once (0.5: half a minute)
#   sh tests/campaign/fuzz.sh total               the executions of all runs since build/fuzz/executions was begun
#   sh tests/campaign/fuzz.sh merge [TARGET…]     chooses anew what of all that was found is in tests/fuzz/corpus
#
# Two builds run each target and share what they find: "checked" has the sanitizers of addresses and undefined behaviour,
# and shows the engine what texts are compared with; "fast" has the coverage alone, and executes two to five times as much.
# They begin with tests/fuzz/corpus and with every message of the contract (tests/fuzz/seeds.c). New inputs stay in
# build/fuzz/found, from where the next run goes on; what crashes is in build/fuzz/crash-*, and makes the command fail.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$root/build/fuzz corpus=$root/tests/fuzz/corpus

# build NAME SANITIZERS
build() {
    mkdir -p "$folder/$1"
    if ! { CC=clang cmake -S "$root" -B "$folder/$1" -DALUNO_TESTS=ON -DALUNO_SANITIZE="$2" -DBUILD_SHARED_LIBS=OFF &&
        cmake --build "$folder/$1" --parallel "$(nproc)" --target fuzz; } >"$folder/$1.log" 2>&1; then
        cat "$folder/$1.log" >&2
        return 1
    fi
}

# Freed memory that is watched: 16 MiB instead of 256 a process, since all targets run at once.
export ASAN_OPTIONS=quarantine_size_mb=16

# Off for targets in Lua: memory that its collector frees later looks like a leak after each run. Each check takes milliseconds.
leaks_of() {
    if [ -f "$root/tests/fuzz/$1.lua" ]; then echo 0; else echo 1; fi
}

# execute TARGET BUILD: adds a line to the executions: target, build, how many, seconds of CPU.
execute() (
    log=$folder/$1-$2.log passed=yes
    mkdir -p "$folder/found/$1" "$folder/seeds/$1"
    "$folder/$2/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$folder/crash-$1-" \
        -max_len=4096 -len_control=10 -reload=10 -report_slow_units=300 -detect_leaks="$(leaks_of "$1")" \
        "$folder/found/$1" "$corpus/$1" "$folder/seeds/$1" >"$log" 2>&1 || passed=no
    times >"$log.times"
    awk -v target="$1" -v build="$2" -F '[ms ]+' '
        FILENAME ~ /times$/ { cpu = $1 * 60 + $2 + $3 * 60 + $4 }
        /^stat::number_of_executed_units/ { count = $NF }
        END { print target, build, count + 0, cpu }' "$log" "$log.times" | tee -a "$folder/executions"
    [ "$passed" = yes ] && return
    sed -n '/ERROR\|SUMMARY\|Test unit written/p' "$log" >&2
    return 1
)

start() {
    "$@" &
    children="$children $!"
}

run() {
    start execute "$1" checked
    start execute "$1" fast
}

# The least of what was found, by files of at most 512 bytes, that reaches the lines which the files with a name do not.
merge() {
    mkdir -p "$folder/found/$1" "$folder/seeds/$1"
    find "$corpus/$1" -type f -regex '.*/[0-9a-f]\{40\}' -exec mv {} "$folder/found/$1" \;
    "$folder/checked/tests/fuzz/fuzz_$1" -merge=1 -use_counters=0 -max_len=512 "$corpus/$1" "$folder/found/$1" \
        "$folder/seeds/$1" >"$folder/$1.log" 2>&1
    printf '%-12s %s files\n' "$1" "$(find "$corpus/$1" -type f | wc -l)"
}

total() {
    awk '{ count[$2, $1] += $3; count[$2, "in all"] += $3; cpu[$2, $1] += $4; cpu[$2, "in all"] += $4; name[$1] }
        function rate(build, target) {
            return cpu[build, target] > 0 ? count[build, target] / cpu[build, target] : 0
        }
        function row(target) {
            return sprintf("%-12s %12d %9d %12d %9d", target, count["checked", target], rate("checked", target),
                count["fast", target], rate("fast", target))
        }
        END {
            printf "%-12s %12s %9s %12s %9s of CPU\n", "target", "checked", "a second", "fast", "a second"
            fflush()
            for (target in name) print row(target) | "sort"
            close("sort")
            print row("in all")
            printf "%d executions\n", count["checked", "in all"] + count["fast", "in all"]
        }' "$folder/executions"
}

case ${1:-} in
total)
    total
    exit
    ;;
merge) action="start merge" ;;
*[!0-9.]* | '')
    echo 'usage: fuzz.sh MINUTES|total|merge [TARGET…]' >&2
    exit 2
    ;;
*)
    action=run
    seconds=$(awk -v minutes="$1" 'BEGIN { print int(minutes * 60) }')
    ;;
esac
shift
build checked fuzzer-no-link,address,undefined
build fast fuzzer-no-link
mkdir -p "$folder/seeds"
"$folder/checked/tests/fuzz/fuzz_seeds" "$folder/seeds"
# shellcheck disable=SC2046 # names without spaces
[ $# -gt 0 ] || set -- $(ls "$corpus")
children='' status=0
for target; do
    $action "$target"
done
for child in $children; do
    wait "$child" || status=1
done
exit $status
