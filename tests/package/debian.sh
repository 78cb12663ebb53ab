#!/bin/sh
# debian.sh DIR_OF_DEBS SOVERSION
#
# Checks the Debian packages: their names, dependencies, files and triggers; also with lintian if
# it is installed.
set -eu
debs=$(cd "$1" && pwd) soversion=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "$*" >&2
    exit 1
}

# depends PACKAGE WORD...: the package depends on each.
depends() {
    package=$1
    shift
    for word; do
        dpkg-deb -f "$debs/$package"_*.deb Depends | grep -q "$word" ||
            fail "$package does not depend on $word"
    done
}

packages=$(for deb in "$debs"/*.deb; do dpkg-deb -f "$deb" Package; done | sort |
    grep -v 'cblas\|mpi' | tr '\n' ' ')
[ "$packages" = "lanewise liblanewise-dev liblanewise$soversion " ] ||
    fail "the packages are $packages"
# OpenMP runtime of gcc or clang
depends "liblanewise$soversion" 'lib\(gomp1\|omp5[-0-9]*\) ' 'libc6 ' \
    'zlib1g ' 'libjansson4 ' 'libcsv3 '
depends liblanewise-dev "liblanewise$soversion (= " 'zlib1g-dev' 'libjansson-dev' 'libcsv-dev'
depends lanewise "liblanewise$soversion (= " 'libc6 '
for package in lanewise liblanewise-dev "liblanewise$soversion"; do
    ! dpkg-deb -f "$debs/$package"_*.deb Depends | grep mpi || fail "$package depends on MPI"
done
if [ -n "$(find "$debs" -name 'liblanewise-mpi*')" ]; then
    depends "liblanewise-mpi$soversion" "liblanewise$soversion (= " 'lib\(openmpi3\|mpich12\)'
    depends liblanewise-mpi-dev "liblanewise-mpi$soversion (= " \
        'liblanewise-dev (= ' 'lib\(openmpi\|mpich\)-dev'
fi

control=$(dpkg-deb --ctrl-tarfile "$debs/liblanewise$soversion"_*.deb |
    tar -tf - | sort | tr '\n' ' ')
[ "$control" = './control ./md5sums ./shlibs ./triggers ' ] ||
    fail "control files of liblanewise$soversion: $control"

for deb in "$debs"/*.deb; do
    dpkg-deb -x "$deb" root
    package=$(dpkg-deb -f "$deb" Package)
    for file in copyright changelog.gz changelog.Debian.gz; do
        [ -s "root/usr/share/doc/$package/$file" ] || fail "$package has no $file"
    done
done
libraries=$(dirname "$(find root -name liblanewise_nn.so)")
! readelf -d root/usr/bin/lanewise "$libraries"/*.so | grep -E 'R(UN)?PATH' ||
    fail 'a library or program has a RUNPATH'
sh "$here/hardening.sh" readelf root/usr/bin/lanewise "$libraries"/*.so "$libraries"/*.a ||
    fail 'not hardened'
LD_LIBRARY_PATH=$libraries root/usr/bin/lanewise info

command -v lintian >/dev/null || exit 0
# Only the command has a manual page.
! lintian "$debs"/*.deb 2>/dev/null | grep -v ': no-manual-page ' || fail 'lintian reports problems'
