#!/bin/sh
# neon_bound.sh OBJDUMP OBJECT SIMD-HEADER FMA-PATTERN LLVM-MCA
# Compares the cycles of the tile's loops over k with the minimum for their multiply-adds on
# Neoverse N1 and V1. The cycles are those of llvm-mca's models, with all data in the first-level
# cache, because no Arm machine runs the suites. Loops with A packed (by columns) and in place (by
# rows) must reach 95 %. The loop that also packs B is only reported: its stores need the vector
# pipes too.
mca=$5
if ! [ -x "$mca" ]; then
    echo "skipped: llvm-mca is missing (llvm-19 in Debian)"
    exit 77
fi
loops=$(sh "$(dirname "$0")/tile_loops.sh" "$1" "$2" "$3" "$4") || {
    echo "$loops"
    exit 1
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Converts the loops to assembler input. A is packed if all its loads have one base register.
echo "$loops" | awk -v folder="$folder" '
    function finish() {
        if (!file) return
        close(file)
        print file, (stores ? "packing_B" : bases > 1 ? "A_by_rows" : "A_by_columns")
    }
    $1 == "loop" {
        finish()
        file = folder "/" ++count
        stores = bases = 0
        split("", seen)
        print "top:" >file
        next
    }
    {
        sub(/^ *[0-9a-f]+:\t/, "")
        sub(/ *\/\/.*/, "")
        if (/<tile_/) sub(/[0-9a-f]+ <.*>/, "top")
        stores += /^st/ && !/\[(sp|x29)/
        if (/^ld[rp]\ts|^ld1r/) {
            base = $0
            sub(/.*\[/, "", base)
            sub(/(, #-?[0-9]+)?\].*/, "", base)
            bases += !seen[base]++
        }
        print >file
    }
    END { finish() }' >"$folder/loops"

# cycles CPU: prints the cycles of 1000 iterations of the code in standard input.
cycles() {
    "$mca" -mtriple=aarch64 -mcpu="$1" -iterations=1000 2>"$folder/errors" |
        awk '/^Total Cycles:/ { print $3 }'
}

# 24 independent chains; four pipes need 16.
register=0
while [ "$register" -lt 24 ]; do
    echo "fmla v$register.4s, v30.4s, v31.4s"
    register=$((register + 1))
done >"$folder/chains"

status=0
for model in neoverse-n1:2 neoverse-v1:4; do
    cpu=${model%:*} pipes=${model#*:}
    # LLVM 14 and 16 know the names, but give N1 one pipe (and 16 gives V1 two); 19 knows both.
    bound=$((24 * 1000 / pipes))
    chains=$(cycles "$cpu" <"$folder/chains")
    if [ "${chains:-0}" -lt "$bound" ] || [ "$chains" -gt $((bound * 101 / 100)) ]; then
        cat "$folder/errors"
        echo "skipped: $mca has no model of $cpu: ${chains:-no} cycles for $bound of multiply-adds"
        exit 77
    fi
    while read -r file form; do
        fmas=$(grep -c "$4" "$file")
        bound=$((fmas * 1000 / pipes))
        whole=$(cycles "$cpu" <"$file")
        awk -v cpu="$cpu" -v form="$form" -v whole="$whole" -v bound="$bound" -v n="$fmas" \
            -v pipes="$pipes" '
            BEGIN {
                share = whole ? 100 * bound / whole : 0
                low = share < 95 && form != "packing_B"
                printf "%s, %-12s  %5.2f cycles per step; minimum for %d FMAs on %d pipes %5.2f: ",
                    cpu, form, whole / 1000, n, pipes, bound / 1000
                printf "%.1f %%%s\n", share, low ? ", too low" : ""
                exit low
            }' || status=1
    done <"$folder/loops"
done
for form in A_by_columns A_by_rows; do
    grep -q " $form\$" "$folder/loops" || {
        echo "no loop with $form"
        status=1
    }
done
exit $status
