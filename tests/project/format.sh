#!/bin/sh
# usage: format.sh SOURCE_DIR
# Fails if clang-format would change a source file. Comments of files that long_lines.txt lists may
# have long lines.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
if ! command -v clang-format >/dev/null; then
    echo 'skipped: clang-format is not installed (Debian: clang-format)'
    exit 77
fi
. "$here/sources.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed 's/^ReflowComments: .*/ReflowComments: false/' .clang-format >"$work/style"

c_sources() {
    sources | grep -E '\.([ch]|inc|cc)$'
}

[ "$(c_sources | wc -l)" -gt 100 ]
c_sources | converted | xargs -r clang-format --dry-run -Werror
c_sources | not_converted | xargs -r clang-format --dry-run -Werror --style="file:$work/style"
