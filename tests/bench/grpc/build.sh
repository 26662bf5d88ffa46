#!/bin/sh
# Builds gRPC's server and load: build.sh FOLDER. Says which packages are missing, and exits 77, when they are. Does
# nothing when the programs are newer than their sources. OPTIMIZE, by default "-O2 -g", is for a check that measures nothing.
set -eu
bench=$(cd -- "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
cd "$1"

missing=
command -v g++ >/dev/null || missing="$missing g++"
command -v protoc >/dev/null && command -v grpc_cpp_plugin >/dev/null || missing="$missing protobuf-compiler-grpc"
pkg-config --exists grpc++ protobuf || missing="$missing libgrpc++-dev"
pkg-config --exists sqlite3 || missing="$missing libsqlite3-dev"
[ -z "$missing" ] || { echo "gRPC's packages are missing: apt-get install$missing" >&2; exit 77; }

[ -z "$(find "$bench/grpc" "$bench/common" -newer bench-grpc-load 2>&1)" ] && exit

protoc -I "$bench/grpc" --cpp_out=. --grpc_out=. --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" students.proto
optimize=${OPTIMIZE:--O2 -g}
# shellcheck disable=SC2046,SC2086 # words
{
    gcc -std=c11 $optimize -D_GNU_SOURCE -Wall -Wextra -c "$bench"/common/*.c
    set -- -std=c++17 $optimize -Wall -Wextra -I . -I "$bench" -I "$bench/common" $(pkg-config --cflags grpc++ protobuf)
    g++ "$@" -c students.pb.cc students.grpc.pb.cc
    g++ "$@" -c "$bench/grpc/server.cc" "$bench/grpc/load.cc"
    g++ -o bench-grpc-server server.o student_table.o made.o meter.o students.pb.o students.grpc.pb.o \
        $(pkg-config --libs grpc++ protobuf sqlite3)
    g++ -o bench-grpc-load load.o histogram.o job.o made.o meter.o sockets.o window.o students.pb.o students.grpc.pb.o \
        $(pkg-config --libs grpc++ protobuf) -lm
}
