#!/bin/sh
# exports.sh NM LIBRARY LIST VERSION HEADER...
#
# Checks that the shared library exports exactly the functions of the list, under this version, that
# the headers declare exactly these functions, and that nothing is exported outside the public and
# private versions of Lanewise.
nm=$1 library=$2 list=$3 version=$4
shift 4
symbols=$("$nm" -D --defined-only "$library" | awk '{ print $3 }' |
    grep -vE '^(LANEWISE_[A-Z0-9_.]+)(@@\1)?$' | sort)
exported=$(echo "$symbols" | grep -F "@@$version" | awk -F@@ -v v="$version" '$2 == v' || true)
foreign=$(echo "$symbols" | grep -vE '@@LANEWISE_(PRIVATE_)?[0-9.]+$' || true)
if [ -n "$foreign" ]; then
    echo "exported under no version of Lanewise: $foreign"
    exit 1
fi
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
