#!/bin/sh
# Checks the model of request ids with spin, in its full state space: sh check.sh sqlite|postgresql [FOLDER]
# Then checks that each mutant, which is the model with a fault put in, breaks a promise.
set -u

model=$(cd -- "$(dirname -- "$0")" && pwd)/request_id.pml
store=$1
folder=${2:-$(mktemp -d)}
case $store in
sqlite)
    size='-DSERVICES=1 -DATTEMPTS=3 -DQUESTIONS=2 -DFAULTS=2'
    mutants='ANSWER_BEFORE_SYNC START_WITHOUT_SYNC'
    ;;
postgresql)
    size='-DSERVICES=2 -DATTEMPTS=3 -DQUESTIONS=1 -DFAULTS=1'
    mutants=
    ;;
*)
    echo "check.sh: $store: the stores are sqlite and postgresql" >&2
    exit 2
    ;;
esac
mutants="$mutants LEDGER_UNREAD LEDGER_APART FORGOTTEN_MADE FORGOTTEN_NOT_SEEN NOT_CANCELLED DOUBT_ANSWERED DOUBT_UNSEEN DOUBT_UNSETTLED \
    REFUSED_BY_ITSELF REPLAY_REFUSED"

# Writes what the verifier says of the model with these definitions to the file `said`. $1: how the verifier is compiled: to
# find a fault takes less than to optimise it.
verify() {
    optimise=$1
    shift
    mkdir -p "$folder/$store" && cd "$folder/$store" || return
    # shellcheck disable=SC2086 # definitions, not one
    spin $size "$@" -a "$model" >said && ${CC:-cc} "$optimise" -w -DSAFETY -o pan pan.c && ./pan -m10000 -w20 >said
}

failed=0
verify -O1
if grep -q 'errors: 0' "$folder/$store/said" && ! grep -q 'max search depth too small' "$folder/$store/said"; then
    echo "$store: every promise holds in $(awk '/states, stored/ {print $1}' "$folder/$store/said") states"
else
    cat "$folder/$store/said" >&2
    failed=1
fi
for mutant in $mutants; do
    verify -O0 "-DMUTANT_$mutant"
    if grep -q 'assertion violated' "$folder/$store/said"; then
        echo "$store: $mutant breaks a promise"
    else
        echo "$store: $mutant breaks no promise, or cannot be verified" >&2
        cat "$folder/$store/said" >&2
        failed=1
    fi
done
[ $# -gt 1 ] || rm -r "$folder"
exit $failed
