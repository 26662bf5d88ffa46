#!/bin/sh
# The n-th request for memory, a thread or a file fails, for each n: sh tests/campaign.sh allocations [STEP]
#
# Runs tests that ctest runs, too: of options, peers, starts, calls, backups, purges and the status page of the service, and of
# the SDK's client and the Lua module. Of starts with little memory for SQLite each n above STEP leaves some out; by default
# none is, which takes some minutes. ctest's STEP is 8.
step=${1:-1000000}
here=$(cd "$(dirname "$0")" && pwd)
tests=${ALUNO_BUILD:-${here%/tests*}/build/test}/tests
begun=$(date +%s)
for program in test_shortage test_status_shortage integration/integration_test_memory integration/integration_test_lua_memory; do
    (cd "$tests" && SHORTAGE_STEP=$step "./$program") || exit
done
echo "allocations: each n of the service's starts, calls and status page, of the client and of the Lua module;" \
    "$(($(date +%s) - begun)) s; sh tests/campaign.sh allocations${1:+ $1}"
