#!/bin/sh
# spills.sh OBJDUMP OBJECT SIMD-HEADER FMA-PATTERN [FUNCTION]
# The loops over k of the register tile keep their vectors out of the stack (addresses may be
# reloaded from it): a spilled accumulator costs half of the speed and no other test sees it.
loops=$(sh "$(dirname "$0")/tile_loops.sh" "$@") || {
    echo "$loops"
    exit 1
}
echo "$loops" | awk '
    $1 == "loop" {
        print "a loop of " $2 " instructions, " $3 " of them multiply-adds"
        stack = "%rsp|\\[sp" ($4 ? "|%rbp|\\[x29" : "")
        next
    }
    $0 ~ stack && /%[xyz]mm|\t[qv][0-9]/ {
        print "on the stack: " $0
        failed = 1
    }
    END { exit failed }'
