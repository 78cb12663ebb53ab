#!/bin/sh
# usage: words.sh SOURCE_DIR [WORD] Counts words and turns of phrase that the project's texts avoid,
# against words.txt: a limit and a regular expression a line, with the words to write instead behind
# a tab. Fails if a count is above its limit; limits are only ever lowered. WORD prints the lines of
# the expressions that contain it. Quotations are not counted: in Markdown code spans, fenced blocks
# and lines that begin with '>'.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
# shellcheck source=tests/project/sources.sh
. "$here/sources.sh"
text=$(mktemp)
trap 'rm -f "$text"' EXIT
sources | grep -v '^tests/project/' | while read -r file; do
    case $file in
    *.md)
        awk -v f="$file" '
            /^```/ { code = !code; next }
            !code && !/^>/ { gsub(/`[^`]*`/, "`"); print f ":" FNR ":" $0 }' "$file"
        ;;
    *) awk -v f="$file" '{ print f ":" FNR ":" $0 }' "$file" ;;
    esac
done >"$text"
[ -s "$text" ]

failed=0 total=0
tab=$(printf '\t')
while IFS=$tab read -r limit expression instead; do
    count=$(grep -ioE "\\b($expression)\\b" "$text" | wc -l)
    total=$((total + count))
    verdict=
    if [ "$count" -gt "$limit" ]; then
        verdict=", above its limit of $limit: write $instead"
        failed=1
    elif [ "$count" -lt "$limit" ]; then
        verdict=" (limit $limit)"
    fi
    echo "$count $expression$verdict"
    case ${2:+$expression} in
    *"${2:-}"*) [ -z "${2:-}" ] || grep -iE "\\b($expression)\\b" "$text" ;;
    esac
done <"$here/words.txt"
echo "$total in all"
exit $failed
