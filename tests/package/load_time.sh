#!/bin/sh
# load_time.sh PROGRAM LIBRARY...
#
# Checks that each library loads, with its dependencies, in less than 2 ms: the best of 20 new
# processes, because the machine may be busy.
set -eu
program=$1
shift
for library; do
    best=$(for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$program" "$library"
    done | sort -n | head -1)
    echo "${library##*/}: $best us"
    [ "$best" -lt 2000 ] || exit 1
done
