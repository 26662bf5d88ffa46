#!/bin/sh
# Runs every function of the shell tests by itself: alone.sh [SCRIPT...], all scripts of tests/integration by default.
# Prints those that fail, with their output, and exits 1 if there are any. It takes some minutes; ctest does not run it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$here"/integration/*.sh
failed=0
for script; do
    for name in $(sh "$script" --list); do
        if ! said=$(sh "$script" "$name" 2>&1); then
            printf 'not ok: sh %s %s\n%s\n' "$script" "$name" "$said"
            failed=1
        fi
    done
done
exit $failed
