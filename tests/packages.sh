#!/bin/sh
# Makes Debian's packages twice, from two folders, and checks them: the same bytes, no error of lintian, a unit that
# systemd finds well protected. Takes a minute or two; no part of tests/run.sh.
#
#   sh tests/packages.sh [FOLDER]      leaves the packages in FOLDER
set -eu
unset CDPATH

cd -- "$(dirname -- "$0")/.."
for tool in lintian dpkg-shlibdeps systemd-analyze; do
    command -v $tool >/dev/null || {
        echo "packages.sh: $tool is missing: apt-get install lintian dpkg-dev systemd" >&2
        exit 1
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make_packages NAME: makes them from a copy of the tree in a folder of that name.
make_packages() {
    mkdir "$work/$1"
    git ls-files -z | tar --null --ignore-failed-read --files-from=- -cf - | tar -xf - -C "$work/$1"
    {
        cmake -S "$work/$1" -B "$work/$1/build" -DALUNO_TESTS=OFF &&
            cd "$work/$1/build" && cpack -G DEB && cd - >/dev/null
    } >"$work/$1.log" 2>&1 || {
        cat "$work/$1.log" >&2
        exit 1
    }
}

make_packages one
make_packages another_folder
for package in "$work"/one/build/*.deb; do
    cmp "$package" "$work/another_folder/build/${package##*/}"
    echo "the same bytes: ${package##*/}"
done
for program in aluno alunod; do
    for file in bash-completion/completions/$program zsh/vendor-completions/_$program fish/vendor_completions.d/$program.fish; do
        dpkg-deb --contents "$work/one/build/${program}_"*.deb | grep " ./usr/share/$file\$" >"$work/found" || {
            echo "packages.sh: the package $program lacks $file" >&2
            exit 1
        }
    done
done
lintian --allow-root --fail-on error --tag-display-limit 0 "$work"/one/build/*.deb
unit=$work/one/build/package/service/alunod.service
exposure=$(systemd-analyze security --offline=true --no-pager "$unit" | sed -n 's/.*exposure level for alunod.service: \([0-9.]*\).*/\1/p')
echo "exposure of the unit: $exposure"
[ "$(printf '%s\n1.5\n' "$exposure" | sort -g | tail -n 1)" = 1.5 ]
[ $# -eq 0 ] || cp "$work"/one/build/*.deb "$1"
