#!/bin/sh
# usage: long_lines.sh SOURCE_DIR
# Fails if a line of a source file or of Markdown has more than 100 columns.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
. "$here/sources.sh"

# Written by bench_report: a row of their tables has a column per library, which Markdown cannot
# continue on another line.
generated='^(bench/RESULTS|tests/project/bench/results)\.md$'

[ "$(sources | wc -l)" -gt 100 ]
found=$(sources | grep -vE "$generated" |
    LC_ALL=C.UTF-8 xargs grep -nE '^.{101,}$' /dev/null || :)
[ -z "$found" ] || {
    echo 'longer than 100 columns:'
    echo "$found"
    exit 1
}
