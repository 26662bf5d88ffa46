#!/bin/sh
# A failing disk, whose n-th write or sync fails: sh tests/campaign.sh faults [N]
#
# For each n from 1 to 100, or to N, the n-th write or sync of the database and its log fails with EIO, alone, with the next one,
# or with all that follow. The service then ends, by kill -9 or by itself. Its replies to changes must be true after the next
# start.
set -eu
last=${1:-${FAULTS:-100}}
here=$(cd "$(dirname "$0")" && pwd)
ALUNO_FAULTS=$last "${ALUNO_BUILD:-${here%/tests*}/build/test}/tests/test_faults"
echo "faults: each n up to $last, three ways; what was said before the crash is true after; sh tests/campaign.sh faults $last"
