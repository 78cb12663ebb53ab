#!/bin/sh
# exports.sh NM LIBRARY HEADER
#
# Checks that the shared library exports exactly the functions that its header declares. Any other
# name would hide the one of another BLAS, or NumPy's error handler, in a program that preloads the
# library.
exported=$("$1" -D --defined-only "$2" | awk '{ print $3 }' | sort)
declared=$(tr '\n' ' ' <"$3" | grep -o 'LW_API [^(;]*(' | sed 's/.* //; s/($//' | sort)
[ "$(echo "$declared" | wc -l)" -eq 4 ] || exit 1
[ "$exported" = "$declared" ] || {
    echo "exported: $exported"
    echo "declared: $declared"
    exit 1
}
