#!/bin/sh
# The campaigns: what takes minutes or hours, by hand. sh tests/campaign.sh NAME [ARGUMENT...]
#
# Without a name it lists them, with the first lines of each. ALUNO_BUILD names the build, build/test by default. Those that
# measure a promise end with a line for tests/RELIABILITY.md: what was run, its seed, its figures and its command.
folder=$(cd "$(dirname "$0")/campaign" && pwd) || exit
script=$folder/${1:-}.sh
if [ -z "${1:-}" ] || [ ! -f "$script" ]; then
    [ -z "${1:-}" ] || echo "campaign.sh: there is no campaign $1" >&2
    for script in "$folder"/*.sh; do
        name=$(basename "$script" .sh)
        [ "${name#inside_}" = "$name" ] || continue # a part of another one
        printf '%-14s %s\n' "$name" "$(sed -n '2s/^# //p' "$script")"
    done
    exit 2
fi
shift
# Certificates that ctest has made are copied.
: "${ALUNO_BUILD:=${folder%/tests*}/build/test}"
ALUNO_BUILD=$(cd "$ALUNO_BUILD" && pwd) || { echo "first build aluno in build/test, or set ALUNO_BUILD" >&2; exit 1; }
export ALUNO_BUILD
[ ! -d "$ALUNO_BUILD/tests/certificates/school" ] || export CERTIFICATES="${CERTIFICATES:-$ALUNO_BUILD/tests/certificates}"
exec sh "$script" "$@"
