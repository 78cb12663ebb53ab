#!/bin/sh
# usage: numpy_own_tests.sh LIBRARY
#
# Runs NumPy's tests of linear algebra and products with the library preloaded. Two dot products of
# 8 GB in double precision, which take a minute, are left out.
set -eu
library=$1
. "$(dirname "$0")/find_numpy.sh"
if ! "$python" -c 'import pytest, hypothesis' 2>"$work/err"; then
    echo 'skipped: pytest or hypothesis is missing' \
        '(Debian: python3-pytest python3-hypothesis)'
    exit 77
fi
tests=$("$python" -c 'import numpy, os; print(os.path.dirname(numpy.__file__))')
cd "$work" # hypothesis creates a directory
LD_PRELOAD=$library "$python" -m pytest -q --no-header -p no:cacheprovider "$tests/linalg/tests" \
    "$tests/core/tests/test_multiarray.py" \
    -k 'linalg or ((Matmul or Dot or Inner) and not huge)' >out || {
    cat out
    exit 1
}
tail -n 1 out
