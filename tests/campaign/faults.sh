#!/bin/sh
# A failing disk: for each n from 1 to 100 (or FAULTS=N) the n-th write or sync of the database and its log fails with
# EIO, alone, with the next one, or with all that follow. The service then ends, by kill -9 or by itself. What it said of
# each change must be true after the next start: sh tests/campaign/faults.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ALUNO_FAULTS=${FAULTS:-100} exec "${ALUNO_BUILD:-${here%/tests*}/build/test}/tests/test_faults"
