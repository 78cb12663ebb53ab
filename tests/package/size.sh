#!/bin/sh
# size.sh STRIP LIBRARY BYTES
# The library, stripped as it is installed, takes less than so many bytes.
set -eu
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
"$1" -o "$stripped" "$2"
bytes=$(wc -c <"$stripped")
echo "${2##*/}: $bytes bytes"
[ "$bytes" -gt 0 ] && [ "$bytes" -lt "$3" ]
