#!/bin/sh
# Whether a test left personal data where none may be: leftovers.sh DIR
#
# Looks for CPFs and e-mail addresses in every log, history, trace and audit file below DIR, hidden ones too. Prints the lines
# that hold one, with their files, and exits 1; exits 0 when there is none.
set -eu
LC_ALL=C # grep is many times as fast; the patterns are of ASCII
export LC_ALL

cpf='(^|[^[:alnum:].-])[0-9]{3}[.]?[0-9]{3}[.]?[0-9]{3}-?[0-9]{2}($|[^[:alnum:].-]|[.-]([^[:alnum:]]|$))'
email='[[:alnum:]._%+-]+@[[:alnum:]-]+[.][[:alnum:]]'

found=$(find "$1" -type f \( -name '*.log' -o -name '*history*' -o -name '*trace*' \) \
    -exec grep -aHE -e "$cpf" -e "$email" {} +) || true
# An audit file's hashes are bytes of any kind: among those of millions of records there is a short address.
longer='[[:alnum:]._%+-]+@[[:alnum:]-]{5,}[.][[:alpha:]]{2,}'
audited=$(find "$1" -type f -name '*.audit' -exec strings -f -n 12 {} + | grep -E -e "$cpf" -e "$longer") || true
[ -n "$found$audited" ] || exit 0
printf '%s\n' "$found" "$audited"
exit 1
