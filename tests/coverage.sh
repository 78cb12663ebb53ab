#!/bin/sh
# usage: coverage.sh BUILD_DIR
# What the tests that ran in BUILD_DIR, built with the preset coverage, reached: lines and branches of kernels and nn as text
# and, in BUILD_DIR/report, as pages; exit code 1 below 95 % of lines or 85 % of branches of either. A line of
# kernels/micro counts as reached if it was on any instruction set, because its source is one; figures for each
# set stand below. kernels/simd/neon.h is not in them: no machine but Arm's runs it, and the aarch64 tests have no gcov.
set -eu
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
report=$build/report
mkdir -p "$report"
# No exceptions in C; what the compiler makes without a source line, such as checks of the stack, is nobody's to test.
options='--exclude-throw-branches --exclude-unreachable-branches'
failed=0

# summary NAME [GCOVR OPTION ...]: of one line.
summary() {
    name=$1
    shift
    gcovr -r . -s --txt "$report/summary.txt" "$@" | awk -v name="$name" '
        /^lines|^branches/ { sub("out of", "of"); text = text "  " $0 }
        END { printf "%-14s%s\n", name, text }'
}

for folder in kernels nn; do
    # shellcheck disable=SC2086 # a list of words
    gcovr -r . --object-directory "$build" -f "$folder/" $options -j "$(nproc)" --json "$report/$folder.json" "$build/$folder"
    gcovr -r . -a "$report/$folder.json" --txt "$report/$folder.txt" \
        --html-details "$report/$folder.html" --html-title "Lanewise, $folder" --fail-under-line 95 --fail-under-branch 85 ||
        failed=1
    grep -v '100%$' "$report/$folder.txt"
done
for folder in kernels nn; do
    summary "$folder" -a "$report/$folder.json"
done
for objects in "$build"/kernels/CMakeFiles/lanewise_isa_*.dir; do
    isa=${objects##*lanewise_isa_}
    # shellcheck disable=SC2086 # a list of words
    summary "  ${isa%.dir}" --object-directory "$build" -f kernels/ $options -j "$(nproc)" "$objects"
done
echo "pages: $report/kernels.html $report/nn.html"
exit $failed
