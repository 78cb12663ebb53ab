#!/bin/sh
# usage: python.sh PYTHON SCRIPT ARGUMENT ...
# Runs a test in Python, without leaving compiled files in the sources; skipped (77) where there is none.
set -eu
python=$1
shift
if ! command -v "$python" >/dev/null; then
    echo "skipped: there is no $python"
    exit 77
fi
exec "$python" -B "$@"
