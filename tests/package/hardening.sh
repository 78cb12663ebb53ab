#!/bin/sh
# hardening.sh READELF FILE...
#
# Checks the linker features of LANEWISE_HARDENING: read-only relocations bound at program start,
# no executable stack, no segment both writable and executable, position-independent code without
# text relocations. For static libraries: no object requests an executable stack.
set -eu
readelf=$1
shift
failed=0

complain() {
    echo "$file: $*"
    failed=1
}

for file; do
    case $file in
    *.a)
        # Each object has one .note.GNU-stack section, without the flag X.
        objects=$("$readelf" -h "$file" | grep -c 'Type: *REL ')
        marks=$("$readelf" -SW "$file" | grep -c '\.note\.GNU-stack .* 00 *0 *0 *[0-9]*$' || :)
        [ "$objects" -gt 0 ] && [ "$objects" -eq "$marks" ] ||
            complain "$marks of $objects objects are marked for a non-executable stack"
        continue
        ;;
    esac
    segments=$("$readelf" -lW "$file")
    dynamic=$("$readelf" -dW "$file")
    echo "$segments" | grep -q '^ *GNU_RELRO ' || complain 'no RELRO'
    echo "$dynamic" | grep -q 'BIND_NOW\|FLAGS.*NOW' || complain 'symbols are bound lazily'
    echo "$segments" | grep -q '^ *GNU_STACK .* RW  *0x' || complain 'executable stack'
    ! echo "$segments" | grep -q '^ *[A-Z_]* .* RWE ' ||
        complain 'a segment is writable and executable'
    ! echo "$dynamic" | grep -q TEXTREL || complain 'text relocations'
    "$readelf" -hW "$file" | grep -q 'Type: *DYN ' || complain 'not position independent'
    # Called by stack protectors.
    "$readelf" -W --dyn-syms "$file" | grep -q ' __stack_chk_fail\(@.*\)*$' ||
        complain 'no stack protector'
done
exit $failed
