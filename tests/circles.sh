#!/bin/sh
# No circle of files that need each other: circles.sh SOURCE BUILD
#
# Three graphs, each a line `FILE FILE WHY` for every need. tsort(1) finds the circles.
#   symbols   an object file of BUILD uses a symbol that another one defines
#   headers   a file includes another one; foo.c and foo.h of one folder are one file here
#   lua       a Lua file requires another one, now or later; `require("a." .. name)` needs all of the folder a
# Prints the needs within each circle and exits 1 when there is one.
set -u
source=$(cd -- "$1" && pwd) && build=$(cd -- "$2" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/aluno-circles.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT

# nm prints `PATH:ADDRESS TYPE SYMBOL`. An object is named after its source, so that two targets share it.
symbols() {
    find "$build/sdk" "$build/service" "$build/lua-client" -name '*.c.o' -exec nm -A -g {} + | awk -v build="$build/" '
        {
            path = substr($0, length(build) + 1)
            sub(/[.]c[.]o:.*/, "", path)
            sub(/CMakeFiles\/[^\/]*[.]dir\//, "", path)
            if ($(NF - 1) == "U")
                uses[path, $NF]
            else
                defined[$NF] = path
        }
        END {
            for (use in uses) {
                split(use, part, SUBSEP)
                if (part[2] in defined)
                    print part[1], defined[part[2]], part[2]
            }
        }'
}

# A header is searched for in the folder of the file that includes it, then in the folders that the targets include from.
headers() {
    cd "$source" || return
    find sdk service lua-client -name '*.[ch]' -exec grep -H '^#include' {} + >"$work/includes"
    find sdk service lua-client -name '*.h' | awk -v roots='sdk/include/ sdk/ service/ lua-client/ lua-client/module/' '
        function unit(file) {
            sub(/[.][ch]$/, "", file)
            return file
        }
        FNR == NR {
            exists[$0]
            next
        }
        {
            file = $0
            sub(/:.*/, "", file)
            folder = file
            sub(/[^\/]*$/, "", folder)
            name = $NF
            gsub(/[<">]/, "", name)
            count = split(folder " " roots, folders)
            for (i = 1; i <= count; i++)
                if (folders[i] name in exists) {
                    print unit(file), unit(folders[i] name), name
                    break
                }
        }' - "$work/includes"
}

# A module has the name of its path: repl/form.lua is repl.form, and repl/init.lua is repl.
lua() {
    cd "$source/lua-client/lua" || return
    find . -name '*.lua' -exec awk '
        function module(path) {
            sub(/^[.]\//, "", path)
            sub(/(\/init)?[.]lua$/, "", path)
            gsub(/\//, ".", path)
            return path
        }
        BEGIN {
            for (i = 1; i < ARGC; i++)
                exists[module(ARGV[i])]
        }
        {
            sub(/--.*/, "")
            while (match($0, /(require|later) *[(]?["\047][a-z_.]+["\047]/)) {
                name = substr($0, RSTART, RLENGTH - 1)
                sub(/.*["\047]/, "", name)
                for (other in exists)
                    if (other == name || name ~ /[.]$/ && index(other, name) == 1)
                        print module(FILENAME), other, $1
                $0 = substr($0, RSTART + RLENGTH)
            }
        }' {} +
}

# Draws one graph and searches it. An empty one is a mistake of this script.
check() {
    ("$1") | awk '$1 != $2' | sort -u >"$work/needs"
    [ -s "$work/needs" ] || { echo "circles.sh: there are no $1" >&2; return 1; }
    cut -d ' ' -f 1,2 "$work/needs" | tsort >/dev/null 2>"$work/circles" && return
    awk -v title="circle by $1:" '
        FNR == NR {
            sub(/^tsort: /, "")
            if (/input contains a loop/)
                circles++
            else
                members[circles, $0]
            next
        }
        { needs[$1 " needs " $2 " (" $3 ")"] = $1 SUBSEP $2 }
        END {
            for (circle = 1; circle <= circles; circle++) {
                text = title "\n"
                for (need in needs) {
                    split(needs[need], end, SUBSEP)
                    if ((circle, end[1]) in members && (circle, end[2]) in members)
                        text = text "    " need "\n"
                }
                if (!(text in printed))
                    printf "%s", text
                printed[text]
            }
        }' "$work/circles" "$work/needs" >&2
    return 1
}

wrong=0
for graph in symbols headers lua; do
    check $graph || wrong=1
done
exit $wrong
