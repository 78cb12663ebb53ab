#!/bin/sh
# size.sh STRIP LIBRARY BYTES
# Requires that the stripped library has at most BYTES bytes.
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
"$1" -o "$stripped" "$2" || exit 1
bytes=$(wc -c <"$stripped")
echo "$bytes bytes, at most $3"
[ "$bytes" -le "$3" ]
