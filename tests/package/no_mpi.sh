#!/bin/sh
# no_mpi.sh READELF LIBRARY...
# None of the libraries loads MPI, neither by itself nor by one of the others.
set -eu
readelf=$1
shift
failed=0
for library; do
    needed=$("$readelf" -dW "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    [ -n "$needed" ] || { echo "$library needs nothing: not understood"; exit 1; }
    if echo "$needed" | grep -i 'mpi\|open-\(rte\|pal\)\|pmi'; then
        echo "$library loads it"
        failed=1
    fi
done
exit $failed
