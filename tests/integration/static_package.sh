#!/bin/sh
# libaluno built with BUILD_SHARED_LIBS=OFF: a program built against the installed archive through pkg-config --static or
# find_package runs, and needs no libaluno.so.
. "$(dirname "$0")/../lib/assert.sh"

prefix=$work/prefix
library=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:[A-Z]*=//p' "$ALUNO_BUILD/CMakeCache.txt")
launcher=$(sed -n 's/^CMAKE_C_COMPILER_LAUNCHER:[A-Z]*=//p' "$ALUNO_BUILD/CMakeCache.txt")

configure() {
    cmake -S "$ALUNO_SOURCE" -B "$work/build" -DBUILD_SHARED_LIBS=OFF -DALUNO_TESTS=OFF -DCMAKE_INSTALL_LIBDIR="$library" \
        -DCMAKE_C_COMPILER_LAUNCHER="$launcher" -DCMAKE_BUILD_TYPE=Debug
}
# The library refuses a client without certificates, which shows that it is linked and runs.
cat >"$work/opens.c" <<'END'
#include <aluno/aluno.h>

#include <stdio.h>

int main(void)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    static aluno_error error;
    aluno_client *client = NULL;
    aluno_client_open(&client, &options, &error);
    puts(error.message);
    return !aluno_error_is(&error, ALUNO_REASON_OPTION_INVALID);
}
END

build_by_pkg_config() {
    # shellcheck disable=SC2046 # several words
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/opens" "$work/opens.c" \
        $(pkg-config --static --cflags --libs aluno)
}

pkg_config_finds_it() {
    export PKG_CONFIG_PATH="$prefix/$library/pkgconfig"
    works 'builds through pkg-config --static' build_by_pkg_config
    works 'and runs' "$work/opens"
    same 'without a libaluno.so' "$(ldd "$work/opens" | grep -c libaluno)" 0
}

cmake_finds_it() {
    mkdir "$work/project"
    cp "$work/opens.c" "$work/project/opens.c"
    cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(opens C)
find_package(aluno 0.1 REQUIRED)
add_executable(opens opens.c)
target_link_libraries(opens PRIVATE aluno::aluno)
END
    works 'configures through find_package' \
        cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix"
    works 'builds' cmake --build "$work/project/build"
    works 'and runs from its build folder' "$work/project/build/opens"
}

works 'configures' configure
works 'builds libaluno and its manual' cmake --build "$work/build" --target aluno manual -j 2
works 'installs' cmake --install "$work/build" --prefix "$prefix" --component libaluno-dev
same 'an archive and no shared library' "$(cd "$prefix/$library" && ls libaluno*)" libaluno.a
run pkg_config_finds_it cmake_finds_it
finish
