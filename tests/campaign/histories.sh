#!/bin/sh
# Histories under faults, one after another, each checked: sh tests/campaign.sh histories [--store postgres] [MINUTES [SEED]]
#
# Each takes a minute, with another seed. One that breaks a promise is kept in the present folder, and a small one that breaks
# it, too; the campaign ends with it.
store=sqlite
[ "${1:-}" != --store ] || { store=${2:-}; shift 2; }
minutes=${1:-1} seed=${2:-$(shuf -i 1-999999 -n 1)}
case $minutes$seed in
*[!0-9]*) echo "usage: sh tests/campaign.sh histories [--store sqlite|postgres] [MINUTES [SEED]]" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
ends=$(($(date +%s) + minutes * 60))
said=$(mktemp) || exit
trap 'rm -f "$said"' EXIT
first=$seed
while [ "$(date +%s)" -lt "$ends" ]; do
    sh "$here/../histories/run.sh" --store "$store" 50 "$seed" >"$said.last" 2>&1
    failed=$?
    cat "$said.last"
    cat "$said.last" >>"$said"
    rm "$said.last"
    [ "$failed" = 0 ] || exit 1
    seed=$((seed + 1))
done
awk -v first="$first" -v store="$store" -v minutes="$minutes" '
    /^seed / { runs++; faults += $7 }
    /^not decided/ { undecided++ }
    / operations of / { operations += $1; open += $10 }
    END {
        printf "histories over %s: %d from seed %d: %d operations, %d of them with an open outcome, %d faults; ",
            store, runs, first, operations, open, faults
        printf "none breaks a promise, %d have CPFs that are not decided; ", undecided
        print "sh tests/campaign.sh histories --store " store " " minutes " " first
    }' "$said"
