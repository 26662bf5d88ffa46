#!/bin/sh
# Kills the service during writes, again and again: sh tests/campaign.sh kill [CYCLES [STUDENTS]]
#
# By SIGKILL, 1,000 times by default, after each 1,000 STUDENTS that were acknowledged, while eight threads create students and
# read them back. At the end each acknowledged student is stored once. 1,000 of 1,000 take about an hour of two processors.
cycles=${1:-1000} students=${2:-1000}
case $cycles$students in *[!0-9]*) echo "usage: sh tests/campaign.sh kill [CYCLES [STUDENTS]]" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
begun=$(date +%s)
CRASH_ROUNDS=$cycles CRASH_STUDENTS=$students ALUNOD_LOG_LEVEL=error \
    "${ALUNO_BUILD:-${here%/tests*}/build/test}/tests/integration/integration_test_crash" || exit 1
echo "kill: $cycles cycles, at least $((cycles * students)) acknowledged students, each stored once; $(($(date +%s) - begun)) s;" \
    "sh tests/campaign.sh kill $cycles $students"
