#!/bin/sh
# The roles of the contract are the roles of aluno-certs and of the documents' tables: a ROLE row that is added to
# contract.def alone fails here, with the name of each place that lacks it.
# shellcheck disable=SC2016 # backticks of Markdown
. "$(dirname "$0")/lib/assert.sh"

contract=$("$ALUNO_BUILD/sdk/aluno-reference" --roles)
[ -n "$contract" ] || not_ok 'the contract has roles'

# The list in aluno-certs, and its help.
listed=$(sed -n "/^roles='/,/'\$/p" "$ALUNO_SOURCE/certs/aluno-certs" | sed "s/^roles='//; s/'\$//")
same "certs/aluno-certs: the list in roles=" "$listed" "$contract"
works 'help' sh "$ALUNO_SOURCE/certs/aluno-certs" help
for role in $(echo "$contract" | sed 's/:.*//'); do
    says "--role $role"
done

# A document with a table of roles has a row for each: | `reader` | reads students |. In Portuguese, as in REFERENCE.md.
rows_of() {
    grep -F -e "$(echo "$contract" | sed 's/\(.*\):.*/| `\1` |/')" "$ALUNO_SOURCE/$1"
}

expected=$(echo "$contract" | sed 's/\([a-z]*\): \(.*\)/| `\1` | \2 |/')
for document in certs/README.md service/README.md; do
    same "$document: its table of roles" "$(rows_of $document)" "$expected"
done
same 'lua-client/README.pt.md: its table of roles' "$(rows_of lua-client/README.pt.md)" \
    "$(rows_of sdk/REFERENCE.md | awk -F ' [|] ' '{ print $1 " | " $3 }')"
finish
