#!/bin/sh
# consumer.sh WAY SOURCE BUILD WORK CMAKE CC
#
# Builds and runs the programs of this folder against Lanewise, in one of these ways:
#
#   installed     the installation of BUILD, moved to another directory, with find_package and
#                 pkg-config
#   built         static libraries from separate builds with and without OpenMP, in the same way;
#                 between them, which saves compilation, the Debian packages of that build
#   sources       the sources as part of the consumer's build: as a subdirectory with static
#                 libraries, and by FetchContent with shared libraries
#
# The separate builds have one instruction set and no optimisation, because only linking is tested.
set -eu
way=$1 source=$2 build=$3 cmake=$5 CC=$6
here=$(cd "$(dirname "$0")" && pwd)
CXX=$(echo "$CC" | sed 's/clang\(-[0-9.]*\)\{0,1\}$/clang++\1/
    s/gcc\(-[0-9.]*\)\{0,1\}$/g++\1/
    s/\([^a-z]\)cc$/\1c++/')
command -v "$CXX" >/dev/null || { echo "skipped: there is no $CXX (Debian: g++)"; exit 77; }
command -v pkg-config >/dev/null || { echo 'skipped: no pkg-config (Debian: pkg-config)'; exit 77; }
export CC CXX
unset PKG_CONFIG_PATH CMAKE_PREFIX_PATH LD_LIBRARY_PATH DESTDIR
work=$(mktemp -d "$4/$way.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
# The MPI of BUILD, because libraries of two MPI implementations cannot be combined.
mpicc=$(sed -n 's/^MPI_C_COMPILER:.*=//p' "$build/CMakeCache.txt")
mpi_option=${mpicc:+MPI_C_COMPILER=$mpicc}
mpi_option=${mpi_option:-LANEWISE_WITH_MPI=OFF}

fail() {
    echo "$way: $*" >&2
    exit 1
}

quietly() {
    "$@" >log 2>&1 || { cat log >&2; fail "failed: $*"; }
}

# install_of OPTION ...: builds the sources with these options and installs them into $work/prefix.
install_of() {
    quietly "$cmake" -S "$source" -B built -D CMAKE_BUILD_TYPE=None \
        -D LANEWISE_ISAS_WANTED=scalar -D LANEWISE_BUILD_CLI=OFF -D LANEWISE_BUILD_EXAMPLES=OFF \
        -D LANEWISE_BUILD_TESTS=OFF -D LANEWISE_BUILD_BENCH=OFF -D "$mpi_option" "$@"
    quietly "$cmake" --build built --parallel 2
    quietly "$cmake" --install built --prefix "$work/prefix"
}

# make_packages: builds and checks packages of the same build, like ./dev package.
make_packages() {
    for tool in cpack dpkg-shlibdeps file gzip; do
        command -v $tool >/dev/null || { echo "packages are not tested: no $tool"; return; }
    done
    quietly "$cmake" -S "$source" -B built -D BUILD_SHARED_LIBS=ON -D LANEWISE_BUILD_CLI=ON \
        -D CMAKE_INSTALL_PREFIX=/usr -D CMAKE_SKIP_INSTALL_RPATH=ON \
        -D LANEWISE_INSTALL_ARCHIVES=ON -D LANEWISE_PACKAGES=ON
    quietly "$cmake" --build built --parallel 2
    quietly cpack --config built/CPackConfig.cmake -B debs
    soversion=$(readelf -d built/lib/liblanewise_nn.so |
        sed -n 's/.*SONAME.*\.so\.\([0-9.]*\).*/\1/p')
    quietly sh "$here/../package/debian.sh" debs "$soversion"
    quietly "$cmake" -S "$source" -B built -D LANEWISE_BUILD_CLI=OFF -D LANEWISE_PACKAGES=OFF \
        -D CMAKE_SKIP_INSTALL_RPATH=OFF -D LANEWISE_INSTALL_ARCHIVES=OFF \
        -D CMAKE_INSTALL_PREFIX=/usr/local
}

# consume NAME OPTION ...: configures, builds and runs the project of this folder.
consume() {
    name=$1
    shift
    quietly "$cmake" -S "$here" -B "$name" "$@"
    quietly "$cmake" --build "$name" --parallel 2
    programs=$(find "$name" -maxdepth 1 -name '*_c' -o -maxdepth 1 -name '*_cc')
    [ -n "$programs" ] || fail "$name: no program was built"
    for program in $programs; do
        "$program" || fail "$program failed"
    done
}

# link NAME PROGRAM PACKAGE [--static]: builds and runs a program of this folder with pkg-config.
link() {
    program=$1_$2 code=$2 package=$3
    shift 3
    compiler="$CC -std=c11" file=$here/${code%_*}.c
    [ "${code#*_}" = c ] || compiler="$CXX -std=c++17" file=$here/${code%_*}.cc
    # shellcheck disable=SC2046,SC2086 # lists of words
    quietly $compiler -Wall -Wextra -Wpedantic -Werror "$file" -o "$program" \
        $(pkg-config "$@" --cflags --libs "$package")
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir "$package") "./$program" ||
        fail "$program failed"
}

# with_pkgconfig NAME [--static]
with_pkgconfig() {
    name=$1
    shift
    PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name lanewise-nn.pc)")
    export PKG_CONFIG_PATH
    for program in xor_c xor_cc files_c; do
        link "$name" $program lanewise-nn "$@"
    done
    link "$name" product_c lanewise-kernels "$@"
    [ -z "$(mpi)" ] || CC=$mpicc link "$name" mpi_c lanewise-mpi "$@"
}

# mpi: prints options for the project of this folder if lanewise::mpi is installed.
mpi() {
    [ -z "$(find "$work/prefix" -name lanewise-mpi.pc)" ] ||
        echo "-D MPI=ON -D MPI_C_COMPILER=$mpicc"
}

needs_no() {
    ! readelf -d "$1" | grep -q "NEEDED.*$2" || fail "$1 needs $2"
}

case $way in
installed)
    quietly "$cmake" --install "$build" --prefix "$work/first" --strip
    mv first prefix
    found=$(grep -rlF -e "$source/" -e "$build" -e "$work" prefix) &&
        fail "paths of the build in: $found"
    version=$(sed -n 's/^Version: //p' "$(find prefix -name lanewise-nn.pc)")
    consume package -D CMAKE_PREFIX_PATH="$work/prefix" -D VERSION="$version"
    # shellcheck disable=SC2046 # none or four
    [ -z "$(mpi)" ] || consume package_mpi -D CMAKE_PREFIX_PATH="$work/prefix" $(mpi)
    static=
    [ -n "$(find prefix -name '*.so')" ] || static=--static
    # shellcheck disable=SC2086 # none or one
    with_pkgconfig line $static
    # The command finds the libraries of its installation, and these find each other.
    ! find prefix -name 'liblanewise_*.so' -exec ldd {} + | grep 'not found' ||
        fail 'a library has unresolved dependencies'
    [ ! -e prefix/bin/lanewise ] || quietly prefix/bin/lanewise info
    # An older version, with which this one does not promise compatibility, must be rejected.
    ! "$cmake" -S "$here" -B older -D CMAKE_PREFIX_PATH="$work/prefix" -D VERSION=0.0 >log 2>&1 ||
        fail "find_package(lanewise 0.0) accepts $version"
    ;;
built)
    install_of -D BUILD_SHARED_LIBS=OFF
    # shellcheck disable=SC2046 # none or four
    {
        consume package -D CMAKE_PREFIX_PATH="$work/prefix" $(mpi)
        consume package_cxx -D CMAKE_PREFIX_PATH="$work/prefix" -D LANGUAGES=CXX $(mpi)
    }
    with_pkgconfig line --static
    needs_no line_xor_c lanewise
    rm -r prefix
    make_packages
    install_of -D LANEWISE_WITH_OPENMP=OFF -D BUILD_SHARED_LIBS=OFF
    consume serial -D CMAKE_PREFIX_PATH="$work/prefix"
    with_pkgconfig serial_line --static
    for program in serial/xor_c serial/xor_cc serial_line_xor_c serial_line_product_c; do
        needs_no $program 'lib[a-z]*omp'
    done
    ;;
sources)
    consume sources -D FROM=subdirectory -D LANEWISE="$source" -D LANEWISE_ISAS_WANTED=scalar
    quietly "$cmake" --install sources --prefix "$work/prefix"
    [ -z "$(find prefix -type f 2>/dev/null)" ] ||
        fail 'the project of the parent installs files of Lanewise'
    # Uses the same directory, so that nothing is compiled twice.
    consume sources -D FROM=fetch -D BUILD_SHARED_LIBS=ON
    ;;
*)
    fail 'unknown way'
    ;;
esac
