#!/bin/sh
# usage: numpy.sh LIBRARY WRONG_LIBRARY
#
# Preloads the library into NumPy: its products come from the library, are right, and wrong ones
# are detected.
set -eu
library=$1 wrong=$2
checks=$(dirname "$0")/numpy_checks.py
. "$(dirname "$0")/find_numpy.sh"

LD_PRELOAD=$library "$python" "$checks" liblanewise_cblas

for name in cblas_sgemm cblas_sgemv; do
    code=0
    WRONG_CBLAS=$name LD_PRELOAD="$wrong $library" "$python" "$checks" libwrong_cblas \
        >"$work/out" ||
        code=$?
    if [ $code -ne 1 ] || ! grep -q '^failed: ' "$work/out"; then
        cat "$work/out"
        echo "a wrong $name is not detected"
        exit 1
    fi
    echo "with a wrong $name: $(tail -n 1 "$work/out")"
done
