#!/bin/sh
# Kills the service during writes, again and again: sh tests/campaign.sh kill [CYCLES [STUDENTS [SEED]]]
#
# By SIGKILL, 1,000 times by default, each time at a random moment of 1,000 STUDENTS that are acknowledged, while 64 creations are in
# flight and each student is read back; some starts are killed, too. At the end each acknowledged student is stored once, any other
# one at most once. 1,000 of 1,000 took 43 minutes of two processors that had other work, and 0.7 GB in /tmp.
cycles=${1:-1000} students=${2:-1000} seed=${3:-$(date +%s)}
case $cycles$students$seed in
*[!0-9]* | '') echo "usage: sh tests/campaign.sh kill [CYCLES [STUDENTS [SEED]]]" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
begun=$(date +%s)
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
CRASH_ROUNDS=$cycles CRASH_STUDENTS=$students CRASH_SEED=$seed ALUNOD_LOG_LEVEL=error \
    "${ALUNO_BUILD:-${here%/tests*}/build/test}/tests/integration/integration_test_crash" >"$said" || { cat "$said"; exit 1; }
echo "kill: $(sed -n 's/^crash: //p' "$said"); $(($(date +%s) - begun)) s; sh tests/campaign.sh kill $cycles $students $seed"
