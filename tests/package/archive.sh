#!/bin/sh
# archive.sh NM ARCHIVE...
# What programs that link an archive get besides public functions has a name that is no other library's: lw_*.
set -eu
nm=$1
shift
for archive; do
    "$nm" -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort -u >names.$$
    count=$(wc -l <names.$$)
    others=$(grep -v '^lw_' names.$$ || true)
    rm -f names.$$
    [ "$count" -gt 0 ] || { echo "$archive: no names"; exit 1; }
    [ -z "$others" ] || { echo "$archive: $others"; exit 1; }
    echo "$archive: $count names"
done
