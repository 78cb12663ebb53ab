#!/bin/sh
# exports.sh NM LIBRARY LIST VERSION HEADER...
#
# Checks that the shared library exports exactly the functions of the list, under this version, and
# that the headers declare exactly these functions.
nm=$1 library=$2 list=$3 version=$4
shift 4
exported=$("$nm" -D --defined-only "$library" |
    awk -v v="$version" '$3 != v && $3 != v "@@" v { print $3 }' | sort)
declared=$(grep -hv '^#' "$@" | tr '\n' ' ' | grep -o 'LW_API [^(;]*(' |
    sed 's/.*[ *]//; s/($//' | sort)
listed=$(sort "$list")
[ -n "$listed" ] || exit 1
if [ "$declared" != "$listed" ]; then
    echo "declared but not in $list, or vice versa:"
    { echo "$declared"; echo "$listed"; } | sort | uniq -u
    exit 1
fi
versioned=$(echo "$listed" | sed "s/\$/@@$version/")
if [ "$exported" != "$versioned" ]; then
    echo "exported but not in $list, or vice versa:"
    { echo "$exported"; echo "$versioned"; } | sort | uniq -u
    exit 1
fi
