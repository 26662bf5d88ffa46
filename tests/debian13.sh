#!/bin/sh
# Builds aluno and runs its tests on Debian 13, in a chroot: nng 1.10, mbed TLS 3.6 with TLS 1.3, gcc 14.
#
#   sh tests/debian13.sh [ARGUMENTS OF tests/run.sh]     sh tests/debian13.sh fast -R tls
#
# As root, on a Debian with debootstrap. Packages come from the mirror that this machine's apt uses. The chroot stays in
# build/debian13 (or in $ALUNO_DEBIAN13) and is used again; remove the folder to begin anew. The tests run on
# the committed tree and the changes to tracked files. Every process runs in a PID namespace of its own and ends with it.
set -eu
unset CDPATH

cd -- "$(dirname -- "$0")/.."
root=${ALUNO_DEBIAN13:-$PWD/build/debian13}

die() {
    echo "debian13.sh: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || die 'a chroot needs root; run it as root'
command -v debootstrap >/dev/null || die 'debootstrap is missing: apt-get install debootstrap'

if [ ! -e "$root/ready" ]; then
    # shellcheck disable=SC2016 # apt's own variable
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
    [ -n "$mirror" ] || die 'apt knows no mirror: see /etc/apt/sources.list'
    rm -rf -- "$root"
    mkdir -p -- "$root"
    debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$mirror" >"$root.log" 2>&1 ||
        die "debootstrap failed, see $root.log"
    grep -q localhost "$root/etc/hosts" 2>/dev/null || echo '127.0.0.1 localhost' >"$root/etc/hosts"
    touch "$root/ready"
fi

# The build folders of the last run stay, so that only what changed is built again.
mkdir -p "$root/aluno"
find "$root/aluno" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z | tar --null --ignore-failed-read --files-from=- -cf - | tar -xf - -C "$root/aluno"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# $0 and $@ are the inner shell's.
# shellcheck disable=SC2016
exec unshare --mount --pid --fork --kill-child sh -c '
    root=$0
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/tmp" &&
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh /aluno/tests/run.sh "$@"
' "$root" "$@"
