#!/bin/sh
# Checks that compare.sh measures every kind of point, that replies are right and that the table has the points:
# smoke.sh [SIDE...], by default all sides but grpc. Exits 77 when gRPC's packages are missing.
set -u
export OPTIMIZE=-O0 # gRPC's programs, in a folder of their own, for they are not to be measured
sides=${*:-aluno nng store}
points='health:1:1 get:1:64 page:2:8 create:2:8 get:1:sync connect:1:sync reconnect:1:sync start:0:0'
table=$(sh "$(dirname "$0")/compare.sh" --build "$ALUNO_BUILD" --peer "$ALUNO_BUILD/grpc-smoke" --sides "$sides" \
    --points "$points" --students 200 --seconds 0.05 --repeats 1) || exit
for row in 'health, alone' 'get, 64 in flight' 'page, 8 in flight over 2 connections' 'create, 8 in flight over 2 connections' \
    'get, blocking' connect reconnect start; do
    case $table in
    *"| $row"*) ;;
    *)
        printf 'smoke.sh: the table lacks %s:\n%s\n' "$row" "$table" >&2
        exit 1
        ;;
    esac
done
