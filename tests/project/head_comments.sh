#!/bin/sh
# usage: head_comments.sh SOURCE_DIR LIMIT
# Fails if more than LIMIT .c files of nn/src do not begin with a comment.
set -eu
cd "$1"
without=$(find nn/src -name '*.c' | sort | while read -r file; do
    case $(head -n 1 "$file") in
    '/*'*) ;;
    *) echo "$file" ;;
    esac
done)
count=$(echo "$without" | grep -c . || :)
echo "$count files of nn/src have no head comment"
[ "$count" -le "$2" ] || {
    echo "more than $2:"
    echo "$without"
    exit 1
}
