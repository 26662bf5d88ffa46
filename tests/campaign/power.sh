#!/bin/sh
# Losses of power, replayed from a record of what the store wrote and synced: sh tests/campaign.sh power [CUTS [SEED]]
#
# 500 by default. Of what was not synced any sectors are on the disk, in any order. The store opens on each: whole, with every
# acknowledged change.
cuts=${1:-500} seed=${2:-$(shuf -i 1-999999 -n 1)}
here=$(cd "$(dirname "$0")" && pwd)
exec "${ALUNO_BUILD:-${here%/tests*}/build/test}/tests/campaign/campaign-power" "$cuts" "$seed"
