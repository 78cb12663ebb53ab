#!/bin/sh
# archive.sh NM ARCHIVE...
#
# Checks that all global names of static libraries, apart from public functions, begin with lw_, so
# that they do not conflict with other libraries. Clang's locks for reductions, .gomp_critical_*,
# are shared by all OpenMP code of a program.
set -eu
nm=$1
shift
for archive; do
    "$nm" -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort -u >names.$$
    count=$(wc -l <names.$$)
    others=$(grep -Ev '^(lw_|[.]gomp_critical_)' names.$$ || true)
    rm -f names.$$
    [ "$count" -gt 0 ] || { echo "$archive: no names"; exit 1; }
    [ -z "$others" ] || { echo "$archive: $others"; exit 1; }
    echo "$archive: $count names"
done
