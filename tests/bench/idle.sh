#!/bin/sh
# Measures the memory of idle connections: ALUNO_BUILD=build/release sh tests/bench/idle.sh [CONNECTIONS]
connections=${1:-1000}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# shellcheck disable=SC3045 # dash has it, and so does every shell of Debian
ulimit -n "$(ulimit -H -n)"
make_certificates
start_service --max-connections 4096 --certificate-connections 4096
works 'it is measured' "$ALUNO_BUILD/tests/bench/bench-idle" "$port" "$ca" "$service" "$connections"
cat "$output"
stop_service
finish
