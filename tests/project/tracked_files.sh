#!/bin/sh
# usage: tracked_files.sh SOURCE_DIR LIMIT
# Fails if git tracks more than LIMIT files.
set -eu
cd "$1"
if ! command -v git >/dev/null; then
    echo 'skipped: git is not installed (Debian: git)'
    exit 77
fi
if ! count=$(git -c safe.directory='*' ls-files 2>/dev/null | wc -l) || [ "$count" -eq 0 ]; then
    echo 'skipped: the sources are not a git repository'
    exit 77
fi
echo "$count tracked files, at most $2 allowed"
[ "$count" -le "$2" ]
