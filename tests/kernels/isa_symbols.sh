#!/bin/sh
# isa_symbols.sh NM OBJECT...
# Requires that the object of each instruction set defines one global symbol, its table. The linker
# might keep a second one, such as a copy of a shared inline function that contains AVX-512 code.
nm=$1
shift
failed=0
for object; do
    name=$(basename "$object" .o)
    want=lw_isa_$(basename "$name" .c)
    got=$("$nm" -g --defined-only "$object" | awk 'NF == 3 { print $3 }')
    if [ "$got" != "$want" ]; then
        echo "$object defines" $got "instead of $want alone"
        failed=1
    fi
done
[ $# -gt 0 ] || failed=1
exit $failed
