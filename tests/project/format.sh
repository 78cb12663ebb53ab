#!/bin/sh
# usage: format.sh SOURCE_DIR
# Fails if clang-format would change a source file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
if ! command -v clang-format >/dev/null; then
    echo 'skipped: clang-format is not installed (Debian: clang-format)'
    exit 77
fi
. "$here/sources.sh"

c_sources() {
    sources | grep -E '\.([ch]|inc|cc)$'
}

[ "$(c_sources | wc -l)" -gt 100 ]
c_sources | xargs clang-format --dry-run -Werror
