#!/bin/sh
# Installs the Debian packages that aluno is built with (`packages.sh build`), tested with (`test`) and compared with
# gRPC with (`bench`), where any is missing. As root or through a sudo that asks nothing; otherwise it says what to
# install. On other systems it does nothing: there CMake names what is missing.
set -u

build='gcc libc6-dev make cmake pkgconf openssl
    libnng-dev libmbedtls-dev libsqlite3-dev libmsgpack-dev liblua5.4-dev libedit-dev libjansson-dev libutf8proc-dev
    libinih-dev libsystemd-dev uuid-dev'
optional='libzip-dev libexpat1-dev libxlsxwriter-dev' # for .xlsx
test='age bzip2 g++ clang libclang-rt-dev libcmocka-dev expect gcovr jq less libpq-dev libuv1-dev lua-check lua5.4 ninja-build shellcheck socat
    spin unicode-data'
grep -qs '^VERSION_ID="12"' /etc/os-release && test="$test clang-format-14" # the style is what this version makes
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || test="$test postgresql"
bench='g++ libgrpc++-dev protobuf-compiler-grpc'

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Runs a command quietly; shows what it said when it fails.
quietly() {
    output=$("$@" 2>&1 </dev/null) && return
    printf '%s\n' "$output" >&2
    return 1
}

wanted=
more=
for set; do
    case $set in
    build) wanted="$wanted $build" more="$optional" ;;
    test) wanted="$wanted $test" ;;
    bench) wanted="$wanted $bench" ;;
    *)
        echo "packages.sh: $set: there is no such set of packages; use build, test, bench or several" >&2
        exit 2
        ;;
    esac
done

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || exit 0
# Prints those that are not installed.
missing_of() {
    for package; do
        is_installed "$package" || printf ' %s' "$package"
    done
}

# shellcheck disable=SC2086 # words, not one
missing=$(missing_of $wanted) missing_more=$(missing_of $more)
[ -n "$missing$missing_more" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root='env'
elif sudo -n true 2>/dev/null; then
    as_root='sudo -n env'
else
    echo "packages are missing; install them and come back: sudo apt-get install$missing$missing_more" >&2
    [ -n "$missing" ] && exit 1
    exit 0
fi
# PostgreSQL's package would make a database of its own, and start it. The tests make theirs.
no_cluster=/etc/postgresql-common/createcluster.d/aluno-tests.conf
case $missing in
*' postgresql'*)
    trap '$as_root rm -f "$no_cluster"' EXIT
    # shellcheck disable=SC2016 # another shell's
    $as_root sh -c 'mkdir -p "${1%/*}" && echo "create_main_cluster = false" >"$1"' - "$no_cluster"
    ;;
esac
# shellcheck disable=SC2086 # words, not one
install() {
    [ $# -eq 0 ] || quietly $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@"
}
echo "installing$missing$missing_more" >&2
# shellcheck disable=SC2086 # words, not one
if quietly $as_root DEBIAN_FRONTEND=noninteractive apt-get -q update && install $missing; then
    install $missing_more || echo "without$missing_more" >&2
    exit 0
fi
[ -n "$missing" ] || exit 0
echo "packages could not be installed (apt-get says why above); try: apt-get update && apt-get install$missing" >&2
exit 1
