#!/bin/sh
# Measures what the tests cover: coverage.sh [CTEST-ARGUMENT...]
#
# Builds in build/coverage with --coverage, runs the tests there, and prints for each of sdk, service and lua-client which
# lines and branches of its C were run, and for lua-client which lines of its Lua. Fails when any of them is below 95 % of
# the lines or 85 % of the branches: one folder does not make up for another. build/coverage/lines.txt has every file, with
# the lines that no test ran; build/coverage/lua.txt the same of Lua.
#
# Branches that the compiler can never take are left out (gcovr --exclude-unreachable-branches), no others: failures of
# memory count.
set -u
cd -- "$(dirname -- "$0")/.." || exit 1
folder=$PWD/build/coverage
jobs=$(nproc)
export LUA_COVERAGE="$folder/lua"
export IMPORT_ROWS=10000 # the instrumented client is slow

# libgcov's execv keeps the counts of the process that it replaces. With -std=c11, gcc does not call it by itself.
instrumented="--coverage -fprofile-update=atomic -Dexecv=__gcov_execv"
hidden=-Wl,--exclude-libs,libgcov.a # tests look at what the libraries export

build() {
    mkdir -p "$folder" && find "$folder" -name '*.gcda' -delete || return
    rm -rf "$folder/lua" "$folder/man" # the build makes the manual by the generator of sdk/reference
    mkdir "$LUA_COVERAGE" || return
    if ! { cmake -S . -B "$folder" -DALUNO_TESTS=ON -DALUNO_WERROR=ON -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="$instrumented" \
        -DCMAKE_SHARED_LINKER_FLAGS="$hidden" -DCMAKE_MODULE_LINKER_FLAGS="$hidden" &&
        cmake --build "$folder" --parallel "$jobs" &&
        ${CC:-cc} -D_GNU_SOURCE -shared -fPIC -O2 -Wall -Wextra -I "$(pkg-config --variable=includedir lua5.4)/lua5.4" \
            -o "$folder/lua_coverage.so" tests/lib/lua_coverage.c -ldl; } >"$folder/build.log" 2>&1; then
        cat "$folder/build.log" >&2
        return 1
    fi
}

# Tests that fail count for what they ran; their names are printed.
run_tests() {
    LD_PRELOAD="$folder/lua_coverage.so" ctest --test-dir "$folder" --parallel "$jobs" --output-on-failure -E '^bench/' "$@" \
        >"$folder/tests.log" 2>&1 || grep -E '\*\*\*|tests passed' "$folder/tests.log"
}

# Reads rows "PART LINES RUN [BRANCHES TAKEN]", sums them by part, prints each part's percentages and the bars that it
# misses. Fails when a part misses one.
judge() {
    awk -v least_lines=95 -v least_branches=85 '
    function share(some, all, least, what,    percent) {
        percent = 100 * some / all
        printf " %s %.1f%% (%d of %d)", what, percent, some, all
        if (percent >= least)
            return
        missed = missed sprintf(", %s below %d%%", what, least)
        failed = 1
    }
    { lines[$1] += $2; run[$1] += $3; branches[$1] += $4; taken[$1] += $5 }
    END {
        for (part in lines) {
            missed = ""
            printf "%s:", part
            share(run[part], lines[part], least_lines, "lines")
            if (branches[part] > 0)
                share(taken[part], branches[part], least_branches, "branches")
            print missed
        }
        exit failed || NR == 0
    }'
}

# Unit tests compile some files of the SDK themselves, hence the folder tests. gcovr's CSV has, after the file's name, its lines, those run, their ratio, its branches and those taken.
report_c() {
    gcovr -r . "$folder"/sdk "$folder"/service "$folder"/lua-client "$folder"/tests --exclude build/ --exclude tests/ \
        --exclude-unreachable-branches --csv "$folder/lines.csv" --txt "$folder/lines.txt" >"$folder/gcovr.log" 2>&1 || return
    awk -F, 'NR > 1 { split($1, path, "/"); print path[1], $2, $3, $5, $6 }' "$folder/lines.csv" | judge
}

# The lines that have instructions, by luac's listing.
lua_lines() {
    (
        cd lua-client/lua || exit
        find . -name '*.lua' ! -name '*.meta.lua' | sed 's|^[.]/||' | while read -r file; do
            luac5.4 -l -p "$file" | awk -v file="$file" '$2 ~ /^\[[0-9]+\]$/ { gsub(/[^0-9]/, "", $2); print file ":" $2 }'
        done | sort -u
    )
}

report_lua() {
    lua_lines >"$folder/lua.all"
    find "$LUA_COVERAGE" -type f -exec cat {} + | sort -u | comm -12 - "$folder/lua.all" >"$folder/lua.run"
    comm -23 "$folder/lua.all" "$folder/lua.run" | sort -t : -k 1,1 -k 2,2n >"$folder/lua.txt"
    echo "lua-client/lua $(wc -l <"$folder/lua.all") $(wc -l <"$folder/lua.run")" | judge
}

sh examples/packages.sh build test && build || exit 1
run_tests "$@"
failed=0
report_c || failed=1
report_lua || failed=1
exit $failed
