#!/bin/sh
# spills.sh OBJDUMP OBJECT SIMD-HEADER FMA-PATTERN
# The loop over k of the register tile does not touch the stack: a spilled accumulator costs half of
# the speed and no other test sees it. The loop is the shortest one of gemm_strip that has as many of
# the fused multiply-adds of this set as the tile has accumulators.
objdump=$1 object=$2 header=$3 fma=$4
accumulators=$(sed -n 's/.*TILE_MR = \([0-9]*\), TILE_NV = \([0-9]*\).*/\1 \2/p' "$header" |
    awk '{ print $1 * $2 }')
[ -n "$accumulators" ] || exit 1
"$objdump" -d --no-show-raw-insn "$object" |
    awk -v wanted="$accumulators" -v fma="$fma" '
    # Addresses as strings of one length: not every awk knows hexadecimal numbers.
    function padded(address) { return substr("0000000000000000", length(address) + 1) address }
    /^[0-9a-f]+ <.*>:$/ { inside = $2 ~ /^<gemm_strip[.>]/ }
    inside && /^ *[0-9a-f]+:/ {
        split($1, part, ":")
        at[++lines] = padded(part[1])
        text[lines] = $0
        # A frame pointer stands for the stack too.
        if ($0 ~ /mov +%rsp,%rbp|mov\tx29, sp/) frame = "|%rbp|\\[x29"
    }
    END {
        for (i = 1; i <= lines; i++) {
            if (text[i] !~ /\t(j|b|cbn?z|tbn?z)/ || !match(text[i], /[0-9a-f]+ <gemm_strip/))
                continue
            target = padded(substr(text[i], RSTART, RLENGTH - length(" <gemm_strip")))
            if (target > at[i])
                continue
            count = length_of = 0
            for (j = i; j >= 1 && at[j] >= target; j--) {
                length_of++
                if (text[j] ~ fma) count++
            }
            if (count >= wanted && (!shortest || length_of < shortest)) {
                shortest = length_of
                first = j + 1
                last = i
                found = count
            }
        }
        if (!shortest) {
            print "no loop with " wanted " fused multiply-adds in gemm_strip"
            exit 1
        }
        print "the loop over k has " shortest " instructions, " found " of them multiply-adds"
        for (i = first; i <= last; i++) {
            if (text[i] ~ "%rsp|\\[sp" frame) {
                print "on the stack: " text[i]
                failed = 1
            }
        }
        exit failed
    }'
