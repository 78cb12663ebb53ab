#!/bin/sh
# usage: format.sh SOURCE_DIR
# Fails if clang-format would change a source file; skipped (77) where it is not installed.
set -eu
cd "$1"
if ! command -v clang-format >/dev/null; then
    echo 'skipped: clang-format is not installed'
    exit 77
fi
find kernels nn blas mpi serial cli examples bench tests -name '*.[ch]' -o -name '*.inc' -o -name '*.cc' |
    xargs clang-format --dry-run -Werror
