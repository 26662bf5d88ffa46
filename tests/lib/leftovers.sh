#!/bin/sh
# Whether a test left personal data where none may be: leftovers.sh DIR
#
# Looks for CPFs and e-mail addresses in every log, history, trace and audit file below DIR, hidden ones too. Prints the lines
# that hold one, with their files, and exits 1; exits 0 when there is none.
set -eu

cpf='(^|[^[:alnum:].-])[0-9]{3}[.]?[0-9]{3}[.]?[0-9]{3}-?[0-9]{2}($|[^[:alnum:].-]|[.-]([^[:alnum:]]|$))'
email='[[:alnum:]._%+-]+@[[:alnum:]-]+[.][[:alnum:]]'

found=$(find "$1" -type f \( -name '*.log' -o -name '*history*' -o -name '*trace*' -o -name '*.audit' \) \
    -exec grep -aHE -e "$cpf" -e "$email" {} +) || true
[ -n "$found" ] || exit 0
printf '%s\n' "$found"
exit 1
