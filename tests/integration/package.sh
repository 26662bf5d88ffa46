#!/bin/sh
# The installed package, outside the tree: programs built against it through pkg-config and find_package run, the
# installed client runs, and the library exports only its API.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

prefix=$work/prefix
library=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:[A-Z]*=//p' "$ALUNO_BUILD/CMakeCache.txt")
flags=$(sed -n 's/^ALUNO_SANITIZE:STRING=\(..*\)/-fsanitize=\1/p' "$ALUNO_BUILD/CMakeCache.txt")

build_by_pkg_config() {
    # shellcheck disable=SC2046,SC2086 # several words
    PKG_CONFIG_PATH=$prefix/$library/pkgconfig \
        cc -std=c11 -Wall -Wextra -Wpedantic -Werror $flags -o "$work/hello" "$work/hello.c" \
        $(PKG_CONFIG_PATH=$prefix/$library/pkgconfig pkg-config --cflags --libs aluno)
}

the_manual_is_installed() {
    for page in man1/aluno.1 pt_BR/man1/aluno.1 man3/aluno_call.3 man7/aluno.7 man8/alunod.8; do
        works "$page" test -f "$prefix/share/man/$page"
    done
}

documents_examples_and_the_licence_are_installed() {
    for file in LICENSE README.md sdk/PROTOCOL.md examples/c/hello.c examples/python/aluno.py; do
        works "$file" test -f "$prefix/share/doc/aluno/$file"
    done
}

# component NAME: installs one component and lists its files, documents and the manual aside.
component() {
    cmake --install "$ALUNO_BUILD" --prefix "$work/$1" --component "$1" >"$output" || not_ok "the component $1 installs"
    (cd "$work/$1" && find . ! -type d ! -path '*/doc/*' ! -path '*/man?/*' | sort)
}

each_component_has_its_files() {
    version=$(sed -n 's/^#define ALUNO_VERSION "\(.*\)"/\1/p' "$ALUNO_SOURCE/sdk/include/aluno/version.h")
    same 'libaluno' "$(component libaluno)" "./$library/libaluno.so.${version%.*}
./$library/libaluno.so.$version"
    same 'aluno' "$(component aluno)" "./bin/aluno
./bin/aluno-certs
./$library/lua/5.4/aluno.so
./share/aluno/lua/.luarc.json
./share/aluno/lua/aluno.meta.lua
./share/bash-completion/completions/aluno
./share/fish/vendor_completions.d/aluno.fish
./share/zsh/vendor-completions/_aluno"
    same 'alunod' "$(component alunod)" "./bin/alunod
./lib/systemd/system/alunod.service
./share/bash-completion/completions/alunod
./share/fish/vendor_completions.d/alunod.fish
./share/zsh/vendor-completions/_alunod"
}

the_component_libaluno_dev_is_what_programs_are_built_with() {
    component libaluno-dev >"$work/dev.files"
    for file in include/aluno/aluno.h include/aluno/contract.def "$library/libaluno.so" "$library/pkgconfig/aluno.pc" \
        "$library/cmake/aluno/aluno-config.cmake"; do
        works "it has $file" grep -qxF "./$file" "$work/dev.files"
    done
    fails 1 'it has no program' grep /bin/ "$work/dev.files"
}

the_installed_client_runs() {
    works 'a call' "$prefix/bin/aluno" listar
    says Ana
}

pkg_config_finds_it() {
    works 'hello builds through pkg-config' build_by_pkg_config
    works 'and runs' env LD_LIBRARY_PATH="$prefix/$library" "$work/hello" 11144477735
    says 'Ana, 20'
    fails 1 'a student who is not there is an error' env LD_LIBRARY_PATH="$prefix/$library" "$work/hello" 52998224725
    says 'there is no such student. check the id or CPF'
}

cmake_finds_it() {
    mkdir "$work/project"
    cp "$work/hello.c" "$work/project/hello.c"
    cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(hello C)
find_package(aluno 0.1 REQUIRED)
add_executable(hello hello.c)
target_link_libraries(hello PRIVATE aluno::aluno)
END
    works 'hello configures through find_package' \
        cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags"
    works 'builds' cmake --build "$work/project/build"
    works 'and runs from its build folder' "$work/project/build/hello" 11144477735
    says 'Ana, 20'
}

the_library_exports_its_api_alone() {
    foreign=$(nm -D --defined-only "$prefix/$library/libaluno.so" | awk '{print $3}' | grep -v '^aluno_' | grep -v '^__')
    same 'only aluno_… is exported' "$foreign" ''
}

works 'the package installs' cmake --install "$ALUNO_BUILD" --prefix "$prefix"
cp "$ALUNO_SOURCE/examples/c/hello.c" "$work/hello.c"
make_certificates
start_service
works 'the student whom hello reads' "$ALUNO" criar --nome Ana --idade 20 --cpf 111.444.777-35 --email a@b.c
run the_manual_is_installed documents_examples_and_the_licence_are_installed
run each_component_has_its_files the_component_libaluno_dev_is_what_programs_are_built_with
run the_installed_client_runs pkg_config_finds_it cmake_finds_it the_library_exports_its_api_alone
stop_service
finish
