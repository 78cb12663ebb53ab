#!/bin/sh
# usage: run.sh TEST.py ARGUMENT ...
# Runs a page test with a Python that has Selenium. Exit code 77: no browser or no Selenium.
set -u
for program in chromium chromedriver; do
    command -v $program >/dev/null || {
        echo "skipped: $program is not installed"
        exit 77
    }
done
# The first python3 in PATH may not be Debian's, which has Debian's modules.
for python in python3 /usr/bin/python3; do
    ! $python -c 'import selenium' 2>/dev/null || exec $python -B "$@"
done
echo 'skipped: python3-selenium is not installed'
exit 77
