#!/bin/sh
# usage: python.sh PYTHON SCRIPT ARGUMENT ...
#
# Runs a test in Python without leaving compiled files in the source tree; skipped (77) without
# Python.
set -eu
python=$1
shift
if ! command -v "$python" >/dev/null; then
    echo "skipped: $python does not exist (Debian: python3)"
    exit 77
fi
exec "$python" -B "$@"
