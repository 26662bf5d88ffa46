#!/bin/sh
# Runs the packages under a real systemd, as PID 1 of a machine made of namespaces: sh tests/campaign/systemd.sh [FOLDER]
#
# FOLDER has the .deb files that tests/packages.sh made; without it they are made from this tree. As root, on a Debian with
# debootstrap: the machine has this machine's release, from the mirror that this machine's apt uses. It stays, without
# aluno, in build/systemd (or in $ALUNO_SYSTEMD) and is used again. The checks inside: inside_systemd.sh.
set -eu
unset CDPATH

packages=${1:+$(cd -- "$1" && pwd)}
cd -- "$(dirname -- "$0")/../.."
root=${ALUNO_SYSTEMD:-$PWD/build/systemd}
seconds=120 # for what systemd does by itself: to boot, to power off

die() {
    echo "systemd.sh: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || die 'a machine needs root; run it as root'
command -v debootstrap >/dev/null || die 'debootstrap is missing: apt-get install debootstrap'
groups=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
[ -n "$groups" ] || die 'no cgroup2 is mounted: mount -t cgroup2 cgroup2 /sys/fs/cgroup'
group=$groups/aluno-systemd.$$

# ---- the packages, the machine's files ----

make_packages() {
    packages=$root.packages
    rm -rf -- "$packages"
    { cmake -S . -B "$packages" -DALUNO_TESTS=OFF && (cd "$packages" && cpack -G DEB); } >"$root.log" 2>&1 ||
        die "the packages cannot be made, see $root.log"
}

inside_files() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" >>"$root.log" 2>&1 ||
        die "$* failed, see $root.log"
}

make_files() {
    # shellcheck disable=SC2016 # apt's own variable
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
    [ -n "$mirror" ] || die 'apt knows no mirror: see /etc/apt/sources.list'
    rm -rf -- "$root"
    mkdir -p -- "$root"
    debootstrap --variant=minbase --include=systemd-sysv,dbus,ca-certificates \
        "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" "$mirror" >"$root.log" 2>&1 ||
        die "debootstrap failed, see $root.log"
    grep -q localhost "$root/etc/hosts" 2>/dev/null || echo '127.0.0.1 localhost' >"$root/etc/hosts"
    touch "$root/ready"
}

# The machine has no network: apt installs here what the packages depend on, and they are then removed again.
install_dependencies() {
    rm -rf -- "$root/packages"
    mkdir -p -- "$root/packages"
    cp -- "$packages"/*.deb "$root/packages"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    inside_files apt-get -q update
    inside_files sh -c 'apt-get -q -y install --no-install-recommends /packages/*.deb &&
        dpkg --purge alunod aluno libaluno-dev libaluno && rm -rf /var/lib/aluno /var/backups/aluno /etc/aluno /root/school'
}

# ---- the machine ----

machine=

end_machine() {
    [ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null || true
    [ -z "$machine" ] || wait "$machine" 2>/dev/null || true
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
}

# systemd as PID 1, in namespaces of its own. Nothing of the kernel's settings can be changed from inside.
# $0 is the inner shell's.
# shellcheck disable=SC2016
boot() {
    mkdir "$group"
    setpriv --pdeathsig KILL sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" \
        unshare --mount --propagation private --pid --uts --ipc --net --cgroup --fork --kill-child sh -ec '
            cd "$0"
            mount --bind . .
            cd "$0"
            mount -t proc proc proc
            mount --bind proc/sys proc/sys
            mount -o remount,bind,ro proc/sys
            mount -t sysfs -o ro sysfs sys
            mount -t cgroup2 cgroup2 sys/fs/cgroup
            mount -t tmpfs tmpfs run
            mount -t tmpfs tmpfs tmp
            mount -t tmpfs -o mode=755 tmpfs dev
            for device in null zero full random urandom tty; do
                touch "dev/$device"
                mount --bind "/dev/$device" "dev/$device"
            done
            mkdir dev/pts dev/shm
            mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
            ln -s pts/ptmx dev/ptmx
            ln -s /proc/self/fd dev/fd
            mkdir -p before
            pivot_root . before
            umount -l /before
            mount --make-rshared / # as systemd does where nobody else does: credentials are mounted from a child
            exec env -i container=aluno PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
        ' "$root" >"$root.console" 2>&1 </dev/null &
    machine=$!
}

# The process that is PID 1 there.
init() {
    tr -d ' ' 2>/dev/null <"/proc/$machine/task/$machine/children"
}

inside() {
    nsenter -t "$(init)" -m -u -i -n -p -C -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root "$@"
}

is_up() {
    [ -n "$(init)" ] || return
    case $(inside systemctl is-system-running 2>/dev/null) in
    running | degraded) ;;
    *) return 1 ;;
    esac
}

is_off() {
    ! kill -0 "$machine" 2>/dev/null
}

# await WHAT COMMAND...
await() {
    what=$1
    shift
    deadline=$(($(date +%s) + seconds))
    until "$@"; do
        if [ "$(date +%s)" -ge "$deadline" ]; then
            cat "$root.console" >&2
            die "$what: not within $seconds s"
        fi
        sleep 0.2
    done
}

mkdir -p -- "$(dirname -- "$root")"
[ -n "$packages" ] || make_packages
[ -e "$root/ready" ] || make_files
install_dependencies
mkdir -p "$root/tests/lib" "$root/tests/campaign"
cp tests/lib/assert.sh "$root/tests/lib"
cp tests/campaign/inside_systemd.sh "$root/tests/campaign"
trap end_machine EXIT
trap 'exit 130' INT TERM
boot
await 'systemd has started' is_up
failed=0
inside sh /tests/campaign/inside_systemd.sh || failed=1
inside systemctl poweroff 2>/dev/null || true
await 'the machine is off' is_off
exit $failed
