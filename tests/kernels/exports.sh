#!/bin/sh
# exports.sh NM LIBRARY LIST HEADER...
# The shared library exports the functions of the list and nothing else, and these are the ones that
# the headers declare.
nm=$1 library=$2 list=$3
shift 3
# A name that begins with a point is a lock of clang's OpenMP, one for the whole program.
exported=$("$nm" -D --defined-only "$library" | awk '$3 !~ /^\./ { print $3 }' | sort)
declared=$(cat "$@" | tr '\n' ' ' | grep -o 'LW_API [^(;]*(' | grep -o 'lw_[a-z0-9_]*($' |
    tr -d '(' | sort)
listed=$(sort "$list")
[ -n "$listed" ] || exit 1
if [ "$exported" != "$listed" ]; then
    echo "exported and not in $list, or the other way round:"
    { echo "$exported"; echo "$listed"; } | sort | uniq -u
    exit 1
fi
if [ "$declared" != "$listed" ]; then
    echo "declared and not in $list, or the other way round:"
    { echo "$declared"; echo "$listed"; } | sort | uniq -u
    exit 1
fi
