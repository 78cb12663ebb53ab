#!/bin/sh
# hardening.sh READELF FILE...
# What LANEWISE_HARDENING promises of the files that are linked: relocations read-only and bound before the program
# starts, no stack and no segment that is both written and run, position independent code without
# relocations in it. Archives: none of their objects asks for an executable stack.
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
        # One section for each object, and not one that is run (X).
        objects=$("$readelf" -h "$file" | grep -c 'Type: *REL ')
        marks=$("$readelf" -SW "$file" | grep -c '\.note\.GNU-stack .* 00 *0 *0 *[0-9]*$' || :)
        [ "$objects" -gt 0 ] && [ "$objects" -eq "$marks" ] ||
            complain "$marks of $objects objects do without an executable stack"
        continue
        ;;
    esac
    segments=$("$readelf" -lW "$file")
    dynamic=$("$readelf" -dW "$file")
    echo "$segments" | grep -q '^ *GNU_RELRO ' || complain 'no RELRO'
    echo "$dynamic" | grep -q 'BIND_NOW\|FLAGS.*NOW' || complain 'functions are bound late'
    echo "$segments" | grep -q '^ *GNU_STACK .* RW  *0x' || complain 'an executable stack'
    ! echo "$segments" | grep -q '^ *[A-Z_]* .* RWE ' || complain 'a segment is written and run'
    ! echo "$dynamic" | grep -q TEXTREL || complain 'relocations in the code'
    "$readelf" -hW "$file" | grep -q 'Type: *DYN ' || complain 'not position independent'
    # What the guards call.
    "$readelf" -W --dyn-syms "$file" | grep -q ' __stack_chk_fail\(@.*\)*$' || complain 'no guards of the stack'
done
exit $failed
