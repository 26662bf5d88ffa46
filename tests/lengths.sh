#!/bin/sh
# No C file is longer: lengths.sh SOURCE LINES
cd -- "$1" || exit 2
find sdk service lua-client examples tests -name '*.c' -exec wc -l {} + | awk -v most="$2" '
    $2 != "total" && $1 > most {
        print $2 ": " $1 " lines; at most " most
        longer++
    }
    END { exit longer > 0 }'
