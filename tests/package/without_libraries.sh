#!/bin/sh
# usage: without_libraries.sh SOURCE WORK CMAKE CC
# Builds the sources without any optional library, as plain `cmake -B b && cmake --build b` does if
# only a C compiler is installed. Requires that the configuration names each feature that is off
# and its Debian package, that a program trains XOR, and that the libraries and the command refuse
# the features that are off.
set -eu
source=$1 cmake=$3 CC=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "$2/without_libraries.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

fail() {
    echo "without_libraries: $*" >&2
    cat log >&2
    exit 1
}

# says STATUS TEXT COMMAND ...: requires the exit status and a message that contains TEXT.
says() {
    expected=$1 text=$2
    shift 2
    status=0
    "$@" >log 2>&1 || status=$?
    [ "$status" -eq "$expected" ] || fail "exit status $status of: $*"
    [ -z "$text" ] || grep -qF -- "$text" log || fail "no '$text' in the output of: $*"
}

options=
for feature in BUILD_BENCH BUILD_TESTS WITH_CHART_JS WITH_JANSSON WITH_LIBCSV WITH_MPI WITH_ZLIB; do
    options="$options -D LANEWISE_$feature=OFF"
done
# shellcheck disable=SC2086 # a list of words
says 0 'Compressed IDX files' "$cmake" -S "$source" -B built -D CMAKE_C_COMPILER="$CC" \
    -D CMAKE_BUILD_TYPE=None -D LANEWISE_ISAS_WANTED=scalar $options
for package in check g++ libbenchmark-dev libcsv-dev libjansson-dev libjs-chart.js libopenmpi-dev \
    zlib1g-dev; do
    grep '^-- ' log | grep -qF -- "$package" || fail "the summary does not name $package"
done
says 0 '' "$cmake" --build built --parallel 2
says 0 '4 of 4 right' built/bin/example_xor

# A feature that is required, and missing.
says 1 'LANEWISE_WITH_JANSSON=ON, but Jansson is not found.' \
    "$cmake" -S "$source" -B required -D CMAKE_C_COMPILER="$CC" -D LANEWISE_WITH_JANSSON=ON \
    -D CMAKE_DISABLE_FIND_PACKAGE_Jansson=ON
grep -q 'apt-get install libjansson-dev' log || fail 'no package is named'

printf 'a,b,target\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n' >data.csv
printf '\037\213' | tee images.gz >labels.gz
touch model.safetensors
# shellcheck disable=SC2086 # a list of words
says 0 '' "$CC" -std=c11 -I"$source/kernels/include" -I"$source/nn/include" \
    "$here/without_libraries.c" -o without_libraries \
    built/lib/liblanewise_nn.so built/lib/liblanewise_kernels.so -Wl,-rpath,"$PWD/built/lib"
says 0 '' ./without_libraries

lanewise=built/bin/lanewise
says 1 'built without libcsv' $lanewise train --csv data.csv --target target
# Two rows of four float32 inputs, and their labels: the NumPy format, which needs no library.
npy() {
    printf '\223NUMPY\001\000\166\000%-117s\n' \
        "{'descr': '$2', 'fortran_order': False, 'shape': $3, }" >"$1"
}
npy x.npy '<f4' '(4, 2)'
printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\200\077\0\0\200\077\0\0\0\0\0\0\200\077\0\0\200\077' >>x.npy
npy y.npy '<i4' '(4,)'
printf '\0\0\0\0\001\0\0\0\001\0\0\0\0\0\0\0' >>y.npy
train="$lanewise train --x x.npy --y y.npy --layers 8 --epochs 1"
says 0 'accuracy' $train
says 1 'built without Jansson' $train --save new.safetensors
says 1 'built without Jansson' $train --checkpoint new.safetensors
says 1 'built without Chart.js' $train --report new.html
[ ! -e new.safetensors ] && [ ! -e new.html ] || fail 'a refused option left a file behind'
echo 'XOR trained; 8 library calls and 4 command lines refused'
