#!/bin/sh
# tile_loops.sh OBJDUMP OBJECT SIMD-HEADER FMA-PATTERN [FUNCTION]
# Prints the loops over k of the full register tile as objdump writes them, each after a line
# "loop INSTRUCTIONS FMAS FRAME"; FRAME is 1 if the function uses a frame pointer. They are the
# innermost loops of FUNCTION, a pattern (default: tile_full_rows and tile_full_columns), with as
# many fused multiply-adds as a full tile has accumulators. Fails if there is none.
objdump=$1 object=$2 header=$3 fma=$4
accumulators=$(tr '\n' ' ' <"$header" |
    sed -n 's/.*TILE_MR = \([0-9]*\), *TILE_NV = \([0-9]*\).*/\1 \2/p' |
    awk '{ print $1 * $2 }')
[ -n "$accumulators" ] || exit 1
function=${5:-tile_full_(rows|columns)}
"$objdump" -d --no-show-raw-insn "$object" |
    awk -v wanted="$accumulators" -v fma="$fma" -v name="$function" '
    # Compares addresses as strings of equal length: not every awk parses hexadecimal numbers.
    function padded(address) { return substr("0000000000000000", length(address) + 1) address }
    /^[0-9a-f]+ <.*>:$/ { inside = $2 ~ "^<" name "[.>]" }
    inside && /^ *[0-9a-f]+:/ {
        split($1, part, ":")
        at[++lines] = padded(part[1])
        text[lines] = $0
        if ($0 ~ /mov +%rsp,%rbp|mov\tx29, sp/) frame = 1
    }
    END {
        for (i = 1; i <= lines; i++) {
            if (text[i] !~ /\t(j|b|cbn?z|tbn?z)/ || !match(text[i], "[0-9a-f]+ <" name "[+>]"))
                continue
            target = substr(text[i], RSTART)
            sub(/ .*/, "", target)
            target = padded(target)
            for (j = i; j > 1 && at[j - 1] >= target; j--)
                continue
            if (at[i] >= target)
                start[i] = j
        }
        for (i = 1; i <= lines; i++) {
            if (!start[i])
                continue
            count = nested = 0
            for (j = start[i]; j <= i; j++) {
                count += text[j] ~ fma
                nested += j < i && start[j] >= start[i]
                # Not a loop, but a jump back from cold code after the end of the function.
                nested += text[j] ~ /\tret/
            }
            if (nested || count < wanted)
                continue
            loops++
            print "loop", i - start[i] + 1, count, frame + 0
            for (j = start[i]; j <= i; j++)
                print text[j]
        }
        if (!loops)
            print "no loop with " wanted " fused multiply-adds in " panel
        exit !loops
    }'
