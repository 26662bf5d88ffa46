# Assertions for shell tests: `. "$ALUNO_SOURCE/tests/lib/assert.sh"`, any of these, and `finish` as the last line.
#
#   works TITLE COMMAND...        the command exits 0
#   fails CODE TITLE COMMAND...   the command exits CODE
#   says TEXT                     what the last command wrote (stdout and stderr) contains TEXT
#   same TITLE GOT WANTED         two texts are the same
#   finish                        exits 0 if all held, else 1
#   at_finish                     called by finish before it judges: define it to assert what must hold of every test
#   at_end                        called before the test ends, whatever ends it: define it to stop what you started
#
# A script goes on after an assertion that does not hold, so that one run tells everything. `$work` is a folder of
# the script's own; it goes away at the end.
# shellcheck shell=sh

set -u
work=$(mktemp -d "${TMPDIR:-/tmp}/aluno-test.XXXXXX") || exit 1
trap 'at_end; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
output=$work/.output
broken=0

at_finish() {
    :
}

at_end() {
    :
}

not_ok() {
    broken=$((broken + 1))
    printf 'not ok: %s\n' "$1" >&2
}

fails() {
    wanted=$1
    title=$2
    shift 2
    "$@" >"$output" 2>&1
    got=$?
    [ "$got" = "$wanted" ] && return
    not_ok "$title: exit code $got instead of $wanted from: $*"
    sed 's/^/    /' "$output" >&2
}

works() {
    fails 0 "$@"
}

says() {
    grep -qF -e "$1" "$output" && return
    not_ok "$title: does not say: $1"
    sed 's/^/    /' "$output" >&2
}

same() {
    title=$1
    [ "$2" = "$3" ] && return
    not_ok "$title: '$2' instead of '$3'"
}

finish() {
    at_finish
    [ "$broken" = 0 ] && exit 0
    echo "$broken assertions did not hold" >&2
    exit 1
}
