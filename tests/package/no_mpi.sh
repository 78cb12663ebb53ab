#!/bin/sh
# no_mpi.sh READELF LIBRARY...
#
# Checks that none of the libraries depends on MPI, directly or through another.
set -eu
readelf=$1
shift
failed=0
for library; do
    needed=$("$readelf" -dW "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    [ -n "$needed" ] || { echo "$library: cannot read its dependencies"; exit 1; }
    if echo "$needed" | grep -i 'mpi\|open-\(rte\|pal\)\|pmi'; then
        echo "$library depends on MPI"
        failed=1
    fi
done
exit $failed
