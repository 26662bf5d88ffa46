# Assertions for shell tests. A test sources this first: `. "$(dirname "$0")/../lib/assert.sh"`.
#
#   works TITLE COMMAND...        the command exits 0
#   fails CODE TITLE COMMAND...   the command exits CODE
#   says TEXT                     the output of the last command (stdout and stderr) contains TEXT
#   same TITLE GOT WANTED         two texts are the same
#   not_ok TITLE                  fails the test and goes on
#   run FUNCTION...               calls each function, in that order
#   wanted NAME                   whether to run NAME, for what is not a plain function
#   finish                        the last line: exits 0 if every assertion held, else 1
#   at_finish                     called by finish; define it to assert what must hold after every test
#   at_end                        called when the test ends for any reason; define it to stop what the test started
#
# A failed assertion does not end the script, so one run reports everything. `$work` is a folder of the script's own,
# removed at the end.
#
# One function alone:
#
#   sh tests/integration/pipe.sh the_forms             runs it, and the script's setup
#   sh tests/integration/pipe.sh --list                lists the functions
#   ALUNO_BUILD=build/asan sh tests/integration/...    with another build than build/test
#
# Functions therefore make the data that they need. They may not rely on functions before them.
# shellcheck shell=sh

set -u
only=$*
known=
here=$(cd "$(dirname "$0")" && pwd)
: "${ALUNO_SOURCE:=${here%/tests*}}" "${ALUNO_BUILD:=${here%/tests*}/build/test}"
ALUNO_BUILD=$(cd "$ALUNO_BUILD" && pwd) || { echo "first build aluno in build/test, or set ALUNO_BUILD" >&2; exit 1; }
export ALUNO_SOURCE ALUNO_BUILD
export ALUNO="${ALUNO:-$ALUNO_BUILD/lua-client/aluno}" ALUNOD="${ALUNOD:-$ALUNO_BUILD/service/alunod}"
export ALUNO_CERTS="${ALUNO_CERTS:-$ALUNO_SOURCE/certs/aluno-certs}"
work=$(mktemp -d "${TMPDIR:-/tmp}/aluno-test.XXXXXX") || exit 1
trap 'at_end; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
output=$work/.output
export XDG_CONFIG_HOME="$work/config" # the user's own profiles have no place in a test
unset ALUNO_PROFILE
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

wanted() {
    known="$known $1"
    case " ${only:-$1} " in
    *" $1 "*) ;;
    *) return 1 ;;
    esac
}

run() {
    for test_function; do
        ! wanted "$test_function" || "$test_function"
    done
}

# Checks the names given on the command line; prints the script's own for --list.
check_names() {
    # shellcheck disable=SC2086 # words
    [ "$only" != --list ] || { printf '%s\n' $known; exit 0; }
    for name in $only; do
        case " $known " in
        *" $name "*) ;;
        *) not_ok "there is no function $name; there are:$known" ;;
        esac
    done
}

finish() {
    check_names
    at_finish
    [ "$broken" = 0 ] && exit 0
    echo "$broken assertions did not hold" >&2
    exit 1
}
