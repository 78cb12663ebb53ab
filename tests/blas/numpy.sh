#!/bin/sh
# usage: numpy.sh LIBRARY WRONG_LIBRARY
# NumPy with the library preloaded: that its products come from there, that they are right, and that wrong ones would be
# noticed. Skipped (77) without a NumPy that takes its products from whatever BLAS the process has.
set -eu
library=$1 wrong=$2
checks=$(dirname "$0")/numpy_checks.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=
for candidate in /usr/bin/python3 python3; do
    # NumPy's wheels have a BLAS of their own, and private names for it.
    if LD_BIND_NOW=1 LD_PRELOAD=$library LD_DEBUG=bindings LD_DEBUG_OUTPUT=$work/bindings \
        "$candidate" -c 'import numpy' 2>"$work/err" &&
        cat "$work"/bindings.* | grep -q '_multiarray_umath.* symbol .cblas_sgemm.'; then
        python=$candidate
        break
    fi
    rm -f "$work"/bindings.*
done
if [ -z "$python" ]; then
    echo 'skipped: no python3 with a NumPy on a shared BLAS (Debian: python3-numpy)'
    exit 77
fi

for name in cblas_sgemm cblas_sgemv; do
    cat "$work"/bindings.* |
        grep -q "file .*/_multiarray_umath.* to .*/liblanewise_cblas.* symbol .$name." || {
        echo "NumPy takes $name from elsewhere:"
        cat "$work"/bindings.* | grep "_multiarray_umath.* symbol .$name."
        exit 1
    }
done

LD_PRELOAD=$library "$python" "$checks" liblanewise_cblas

for name in cblas_sgemm cblas_sgemv; do
    code=0
    WRONG_CBLAS=$name LD_PRELOAD="$wrong $library" "$python" "$checks" libwrong_cblas >"$work/out" ||
        code=$?
    if [ $code -ne 1 ] || ! grep -q "^failed: " "$work/out"; then
        cat "$work/out"
        echo "a wrong $name is not noticed"
        exit 1
    fi
    echo "with a wrong $name: $(tail -n 1 "$work/out")"
done
