#!/bin/sh
# usage: bare_root.sh DIR_OF_DEBS
#
# Tests the packages as a user would: installs them with apt into a new Debian 12 root, installs
# compilers, builds the programs of tests/consumer with pkg-config and with find_package, trains
# XOR, and prints the times. Needs root, debootstrap and a few minutes; removes everything it
# created. LANEWISE_MIRROR selects another Debian mirror.
#
# shellcheck disable=SC2016 # expanded by the shell in the new root
set -eu
if [ $# -ne 1 ] || [ -z "$(find "$1" -maxdepth 1 -name 'liblanewise-dev_*.deb')" ]; then
    echo "usage: $0 DIR_OF_DEBS (./dev package makes them in build/packages)" >&2
    exit 2
fi
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo 'skipped: needs root and debootstrap' >&2
    exit 77
fi
here=$(cd "$(dirname "$0")" && pwd)
debs=$(cd "$1" && pwd)
root=$(mktemp -d)

leave() {
    umount "$root/proc" "$root/dev" 2>/dev/null || :
    # If a mount is left, the files behind it are kept.
    rm -rf --one-file-system "$root"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

# inside COMMAND: runs the command in the shell of the new root.
inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
        DEBIAN_FRONTEND=noninteractive sh -euc "$1"
}

now() {
    date +%s.%N
}

since() {
    echo "$1 $(now)" | awk '{ printf "%.1f s\n", $2 - $1 }'
}

begin=$(now)
mirror=${LANEWISE_MIRROR:-http://deb.debian.org/debian}
debootstrap --variant=minbase bookworm "$root" "$mirror" >/dev/null
# Network settings of this machine; the packages come from the root's own mirror.
cp /etc/resolv.conf "$root/etc/"
apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/50acquire"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp -r "$here/../consumer" "$root/root/consumer"
mkdir "$root/root/debs"
cp "$debs"/*.deb "$root/root/debs"
inside 'apt-get -q -q update'
echo "new root: $(since "$begin")"

begin=$(now)
inside 'apt-get -q -q install --no-install-recommends /root/debs/*.deb >/root/log 2>&1 ||
    { cat /root/log; exit 1; }'
echo "packages and their dependencies: $(since "$begin")"
inside 'lanewise info'

begin=$(now)
inside 'apt-get -q -q install --no-install-recommends gcc g++ libc6-dev pkg-config cmake make \
    >/root/log 2>&1 || { cat /root/log; exit 1; }'
echo "compilers, pkg-config and cmake: $(since "$begin")"

begin=$(now)
inside 'cd /root/consumer
    gcc -Wall -Wextra -Wpedantic -Werror xor.c -o xor_c $(pkg-config --cflags --libs lanewise-nn)
    ./xor_c'
echo "compile, link and run a C program: $(since "$begin")"

begin=$(now)
inside 'cd /root/consumer
    g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror xor.cc -o xor_cc \
        $(pkg-config --cflags --libs lanewise-nn)
    ./xor_cc'
echo "compile, link and run a C++ program: $(since "$begin")"

inside 'cd /root/consumer
    # The linker warns about libgomp, which calls dlopen.
    gcc -static xor.c -o xor_static $(pkg-config --static --cflags --libs lanewise-nn) \
        2>/root/log ||
        { cat /root/log; exit 1; }
    ./xor_static'
echo 'statically linked: passed'

begin=$(now)
inside 'cd /root/consumer
    { cmake -S . -B built && cmake --build built; } >/root/log 2>&1 || { cat /root/log; exit 1; }
    built/xor_c
    built/xor_cc'
echo "with find_package, in C and C++: $(since "$begin")"
