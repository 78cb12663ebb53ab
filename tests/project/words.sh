#!/bin/sh
# usage: words.sh SOURCE_DIR [WORD]
# Counts words and phrases that the project's texts avoid. Each line of words.txt has a limit, a
# regular expression, and the words to write instead, separated by tabs. Fails if a count is above
# its limit; limits may only be lowered. With WORD, also prints the lines that match an expression
# that contains WORD. Quotations are not counted: in Markdown code spans, fenced blocks and lines
# that begin with '>'.
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
