#!/bin/sh
# abi.sh CC "FLAGS OF CC" "EMULATOR" VERSION LIST HEADER...
#
# Compares the binary interface of the headers with LIST: layouts, values and functions.
# Incompatible changes need a new soname; only additions at the end are compatible. After an
# addition, or a deliberate change of VERSION in CMakeLists.txt, update the list:
# LANEWISE_ABI_UPDATE=1 ctest --preset release -R package_abi
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
# An empty interface would compare equal.
[ "$(wc -l <"$work/abi.txt")" -gt 100 ] || {
    echo 'cannot parse the headers'
    exit 1
}
[ -z "${LANEWISE_ABI_UPDATE:-}" ] || cp "$work/abi.txt" "$list"
diff "$list" "$work/abi.txt" || {
    echo "the binary interface has changed; see the head of ${0##*/}"
    exit 1
}
