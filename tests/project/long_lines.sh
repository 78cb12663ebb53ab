#!/bin/sh
# usage: long_lines.sh SOURCE_DIR Fails if a line of a source file or of Markdown has more than 100
# columns. long_lines.txt beside this file lists the files and folders that are not converted yet;
# entries are only ever removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
. "$here/sources.sh"

# long_lines: of the files whose names are on standard input.
long_lines() {
    LC_ALL=C.UTF-8 xargs grep -nE '^.{101,}$' /dev/null || :
}

[ "$(sources | wc -l)" -gt 100 ]
waiting=$(sources | not_converted | long_lines | wc -l)
echo "$waiting long lines in files that long_lines.txt lists"
[ ! -e "$here/long_lines.txt" ] || while read -r entry; do
    [ -n "$(sources | grep -E "^$entry(/|\$)" | long_lines)" ] ||
        echo "to be removed from long_lines.txt: $entry"
done <"$here/long_lines.txt"
found=$(sources | converted | long_lines)
[ -z "$found" ] || {
    echo 'longer than 100 columns:'
    echo "$found"
    exit 1
}
