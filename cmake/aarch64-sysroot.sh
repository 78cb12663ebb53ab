#!/bin/sh
# usage: aarch64-sysroot.sh DIR
# Unpacks Debian packages of the arm64 libraries that cross-built tests link into DIR. Does not
# change the system: the lists and the cache of apt are in DIR.
set -eu
mkdir -p "$1"
root=$(cd "$1" && pwd)
packages='check libsubunit-dev libsubunit0 zlib1g-dev zlib1g libjansson-dev libjansson4 libcsv-dev
    libcsv3'
if [ -f "$root/complete" ]; then
    exit 0
fi
rm -rf "${root:?}"
mkdir -p "$root/apt/state/lists/partial" "$root/apt/cache/archives/partial" "$root/debs"
: >"$root/apt/state/status"
apt() {
    apt-get -q -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
        -o APT::Sandbox::User="$(id -un)" -o Dir::State="$root/apt/state" \
        -o Dir::State::status="$root/apt/state/status" -o Dir::Cache="$root/apt/cache" "$@"
}
apt update
cd "$root/debs"
# shellcheck disable=SC2086 # one word each
apt download $packages
for deb in *.deb; do
    dpkg-deb -x "$deb" "$root"
done
# For static linking: the emulator then needs only the libraries of the cross compiler.
find "$root" -name "*.so*" -delete
rm -rf "$root/apt" "$root/debs"
touch "$root/complete"
