#!/bin/sh
# usage: long_lines.sh SOURCE_DIR
# Fails if a line of a source file or of Markdown has more than 100 columns. long_lines.txt in this
# folder lists files and folders that are not converted yet; entries may only be removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
. "$here/sources.sh"

# Written by bench_report: a row of their tables has a column per library, which Markdown cannot
# continue on another line.
generated='^(bench/RESULTS|tests/project/bench/results)\.md$'

written() {
    sources | grep -vE "$generated"
}

# long_lines: prints the long lines of the files named on standard input.
long_lines() {
    LC_ALL=C.UTF-8 xargs grep -nE '^.{101,}$' /dev/null || :
}

[ "$(written | wc -l)" -gt 100 ]
waiting=$(written | not_converted | long_lines | wc -l)
echo "$waiting long lines in files that long_lines.txt lists"
[ ! -e "$here/long_lines.txt" ] || while read -r entry; do
    [ -n "$(written | grep -E "^$entry(/|\$)" | long_lines)" ] ||
        echo "to be removed from long_lines.txt: $entry"
done <"$here/long_lines.txt"
found=$(written | converted | long_lines)
[ -z "$found" ] || {
    echo 'longer than 100 columns:'
    echo "$found"
    exit 1
}
