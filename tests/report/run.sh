#!/bin/sh
# usage: run.sh TEST.py ARGUMENT ...
# Runs a test of pages with the Python that has Selenium; 77 without it or a browser.
set -u
for program in chromium chromedriver; do
    command -v $program >/dev/null || {
        echo "skipped: $program is not installed"
        exit 77
    }
done
# Debian's modules belong to Debian's Python, which need not be the first.
for python in python3 /usr/bin/python3; do
    ! $python -c 'import selenium' 2>/dev/null || exec $python -B "$@"
done
echo 'skipped: python3-selenium is not installed'
exit 77
