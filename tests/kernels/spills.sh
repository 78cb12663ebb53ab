#!/bin/sh
# spills.sh OBJDUMP OBJECT SIMD-HEADER FMA-PATTERN [FUNCTION]
# Requires that the register tile's loops over k do not spill vectors (they may reload addresses): a
# spilled accumulator halves the speed, and no other test detects it.
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
