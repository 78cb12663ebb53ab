#!/bin/sh
# usage: reference_testers.sh LIBRARY
#
# Runs the testers of the reference BLAS for levels 2 and 3, in Fortran and C, with the library
# preloaded. Debian has them in libblas-test; skipped (77) without them.
#
# The reference cblas_sgemm passes the argument numbers of the equivalent Fortran call to the error
# handler, and the handler of the testers converts them back with a variable of the reference
# library. This library passes the argument numbers of the C call, as the standard requires, so
# blas_error_exits tests the error exits of C instead.
set -eu
library=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

testers=
for file in /usr/lib/*/blas/xblat3s; do
    [ ! -x "$file" ] || testers=$(dirname "$file")
done
if [ -z "$testers" ] || [ ! -e "$testers/libblas.so.3" ]; then
    echo 'skipped: the testers of the reference BLAS are missing (Debian: libblas-test libblas3)'
    exit 77
fi
cd "$work"

# run TESTER INPUT ROUTINE ERRORS PASSED: tests that routine, with its error exits if ERRORS is T;
# expects PASSED lines that report success and none that report failure.
run() {
    sed "s/^\([A-Za-z_0-9]* *\)T PUT/\1F PUT/; s/^\($3 *\)F PUT/\1T PUT/
        s/^[TF]\( *LOGICAL FLAG, T TO TEST ERROR EXITS\)/$4\1/" "$testers/$2" >input
    rm -f ./*.out
    # The testers use variables of the reference library.
    LD_LIBRARY_PATH=$testers LD_PRELOAD=$library LD_DEBUG=bindings LD_DEBUG_OUTPUT=bindings \
        "$testers/$1" <input >output 2>&1 || {
        cat output
        exit 1
    }
    for file in *.out; do
        [ ! -e "$file" ] || cat "$file" >>output
    done
    grep -E "$3 +PASSED" output || true
    if [ "$(grep -cE "$3 +PASSED" output)" -ne "$5" ] || grep -qE 'FAIL|\*\*\*' output; then
        cat output
        exit 1
    fi
    name=$(echo "$3" | tr '[:upper:]' '[:lower:]')
    cat bindings.* | grep -qE "file .*/$1 .* to .*/liblanewise_cblas.* symbol .${name}_?'" || {
        echo "$1 did not call the library"
        exit 1
    }
    rm -f bindings.*
}

run xblat3s sblat3.in SGEMM T 2
run xblat2s sblat2.in SGEMV T 2
run xscblat3 sin3 cblas_sgemm F 2
run xscblat2 sin2 cblas_sgemv F 2
