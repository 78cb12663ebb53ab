#!/bin/sh
# abi.sh CC "FLAGS OF CC" "EMULATOR" VERSION LIST HEADER...
# What programs that were built with the headers rely on is what LIST says: layouts, values and functions. A soname is a
# promise: what is not added behind all else needs another one. When that is meant, and VERSION in CMakeLists.txt says
# so, or something is only added, make the list anew: LANEWISE_ABI_UPDATE=1 ctest --preset release -R package_abi
set -eu
compiler=$1 flags=$2 emulator=$3 version=$4 list=$5
shift 5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    echo "version $version"
    awk -f "${0%/*}/abi.awk" "$@" >"$work/abi.c"
    # shellcheck disable=SC2086 # lists of words
    "$compiler" $flags -std=c11 -o "$work/abi" "$work/abi.c" >&2 || exit 1
    # shellcheck disable=SC2086 # a list of words
    $emulator "$work/abi"
} >"$work/abi.txt"
# Whoever parses nothing finds no difference.
[ "$(wc -l <"$work/abi.txt")" -gt 100 ] || {
    echo 'the headers were not understood'
    exit 1
}
[ -z "${LANEWISE_ABI_UPDATE:-}" ] || cp "$work/abi.txt" "$list"
diff "$list" "$work/abi.txt" || {
    echo "programs that were built before see another library: ${0##*/} says what to do"
    exit 1
}
