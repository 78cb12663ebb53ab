#!/bin/sh
# exports.sh NM LIBRARY LIST VERSION HEADER...
# The shared library exports the functions of the list, under that version, and nothing else, and these are
# the ones that the headers declare.
nm=$1 library=$2 list=$3 version=$4
shift 4
exported=$("$nm" -D --defined-only "$library" | awk -v v="$version" '$3 != v && $3 != v "@@" v { print $3 }' |
    sort)
declared=$(grep -hv '^#' "$@" | tr '\n' ' ' | grep -o 'LW_API [^(;]*(' | sed 's/.*[ *]//; s/($//' | sort)
listed=$(sort "$list")
[ -n "$listed" ] || exit 1
if [ "$declared" != "$listed" ]; then
    echo "declared and not in $list, or the other way round:"
    { echo "$declared"; echo "$listed"; } | sort | uniq -u
    exit 1
fi
versioned=$(echo "$listed" | sed "s/\$/@@$version/")
if [ "$exported" != "$versioned" ]; then
    echo "exported and not in $list, or the other way round:"
    { echo "$exported"; echo "$versioned"; } | sort | uniq -u
    exit 1
fi
