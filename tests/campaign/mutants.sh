#!/bin/sh
# Mutation testing: changes a file line by line and runs the unit tests that should notice.
#
#   sh tests/campaign/mutants.sh [EVERY[+FROM]] FILE[:LINE]…   each mutant, or each EVERY-th, or that line's;
#                                                              FILE as sdk/protocol/day.c
#
# A mutant is compiled alone and linked before the library that has the original; the test that killed the last one runs
# first. A mutant takes a third of a second of one core; two runs, 2+0 and 2+1, share the work. Prints each that no test
# kills, and the ratio. mutants.equivalent has those that do the same as the original, each with its reason: they are passed
# over.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${ALUNO_BUILD:-$root/build/test}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root" || exit

every=1 from=0
case ${1:-} in
[0-9]*+*) every=${1%+*} from=${1#*+} && shift ;;
[0-9]*) every=$1 && shift ;;
esac
if [ $# -eq 0 ]; then
    echo 'usage: mutants.sh [EVERY[+FROM]] FILE[:LINE]…' >&2
    exit 2
fi

# The tests of a file, those of its name first; all of them are fast.
tests_of() {
    case $1 in
    service/dispatch.c)
        echo test_dispatch test_dispatch_steps test_audit_list test_call_log test_purpose test_cancel_operation test_limits \
            test_masked_replies test_handlers test_operations test_replays test_audit test_execute test_shortage
        ;;
    sdk/protocol/*)
        name=$(basename "$1" .c)
        case $name in
        codec) name='codec codec_memory' ;;
        decode | reader) name='decode codec codec_plain' ;;
        cpf | cpf_digits | email | name) name='rules rule_conditions' ;;
        identifiers) name='identifiers rules' ;;
        day) name='rule_conditions rules' ;;
        escapes | mojibake) name=characters ;;
        path) name=field_path ;;
        whole | version) name=schema ;;
        esac
        # shellcheck disable=SC2046,SC2086 # names
        printf '%s\n' $(printf 'test_%s\n' $name) test_codec test_codec_plain test_decode test_envelope \
            test_hostile test_rules test_rule_conditions test_validate test_json test_json_reader test_error test_fold \
            test_masking test_schema test_sized test_field_path test_purpose test_characters test_contract test_boundaries \
            test_published_vectors test_vectors test_birth_dates |
            awk '!seen[$0]++' | tr '\n' ' '
        ;;
    *)
        echo "mutants.sh: $1: which tests it has is not known" >&2
        exit 2
        ;;
    esac
}

# The command that links a test, with the mutant before everything else; kept, as ninja and make take long to say it.
link_command() {
    if [ ! -f "$work/$1.link" ]; then
        target=tests/${1}
        [ "$1" = test_vectors ] && target=tests/protocol/$1
        if [ -f "$build/build.ninja" ]; then
            ninja -C "$build" -t commands "$target" | tail -1
        else
            cat "$build/$(dirname "$target")/CMakeFiles/$1.dir/link.txt"
        fi | sed "s|^: && ||; s| && :\$||; s| -o [^ ]*$1 | -o $work/$1 $work/mutant.o |" >"$work/$1.link"
    fi
    cat "$work/$1.link"
}

compile() {
    (cd "$build" && sh -c "$compile_command" 2>/dev/null)
}

passes() {
    if ! (cd "$build" && sh -c "$(link_command "$1")") 2>"$work/link.log"; then
        cat "$work/link.log" >&2
        exit 2
    fi
    # Bounds a loop without an end by its own time, which a loaded machine does not lengthen.
    (cd "$build/tests" && timeout 120 prlimit --cpu=10 "$work/$1" >/dev/null 2>&1 </dev/null)
}

# Whether the test fails with the mutant, by a signal or by its time as well. The first time it must pass with the original.
kills() {
    passes "$1" && return 1
    [ ! -f "$work/$1.sound" ] || return 0
    cp "$work/mutant.c" "$work/kept.c"
    cp "$root/$file" "$work/mutant.c"
    if ! compile || ! passes "$1"; then
        echo "mutants.sh: $1 fails without a mutant" >&2
        exit 2
    fi
    : >"$work/$1.sound"
    cp "$work/kept.c" "$work/mutant.c"
    compile
}

is_equivalent() {
    grep -qxF "$file: $mutant" "$here/mutants.equivalent" 2>/dev/null
}

try_mutant() {
    lua5.4 "$here/mutants.lua" "$file" "$line" >"$work/mutant.c"
    compile || return 0
    tried=$((tried + 1))
    for test in $tests; do
        if kills "$test"; then
            killed=$((killed + 1))
            # shellcheck disable=SC2086 # names
            tests="$test $(printf '%s\n' $tests | grep -vx "$test" | tr '\n' ' ')"
            return 0
        fi
    done
    printf '%s:%s: survives: %s\n' "$file" "$line" "$mutant"
}

all=0 all_killed=0 number=0
for file; do
    only=
    case $file in *:*) only=${file#*:} file=${file%:*} ;; esac
    tests=$(tests_of "$file")
    tried=0 killed=0
    rm -f "$work"/*.sound
    compile_command=$(jq -r --arg file "$root/$file" '.[] | select(.file == $file) | .command' "$build/compile_commands.json" |
        sed "s|ccache ||; s| -o [^ ]*[.]o | -o $work/mutant.o -w -O0 -I$(dirname "$root/$file") |; s| -c .*| -c $work/mutant.c|" | head -1)
    lua5.4 "$here/mutants.lua" "$file" >"$work/list"
    while IFS='	' read -r line original mutant; do
        number=$((number + 1))
        [ $((number % every)) -eq "$((from % every))" ] || continue
        [ "${only:-$line}" = "$line" ] || continue
        mutant=$(printf '%s => %s' "$original" "$mutant" | sed 's/   *//g')
        is_equivalent || try_mutant
    done <"$work/list"
    printf '%s: %s of %s mutants killed\n' "$file" "$killed" "$tried"
    all=$((all + tried)) all_killed=$((all_killed + killed))
done
[ "$all" -eq 0 ] || printf 'in all: %s of %s killed, %s %%\n' "$all_killed" "$all" $((all_killed * 100 / all))
