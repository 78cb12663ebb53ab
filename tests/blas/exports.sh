#!/bin/sh
# exports.sh NM LIBRARY HEADER
# The shared library exports the functions that its header declares and nothing else: any other name would hide another
# BLAS's, or NumPy's handler of errors, from a program that preloads it.
exported=$("$1" -D --defined-only "$2" | awk '{ print $3 }' | sort)
declared=$(tr '\n' ' ' <"$3" | grep -o 'LW_API [^(;]*(' | sed 's/.* //; s/($//' | sort)
[ "$(echo "$declared" | wc -l)" -eq 4 ] || exit 1
[ "$exported" = "$declared" ] || {
    echo "exported: $exported"
    echo "declared: $declared"
    exit 1
}
