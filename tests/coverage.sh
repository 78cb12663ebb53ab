#!/bin/sh
# usage: coverage.sh BUILD_DIR
#
# Reports which lines and branches of kernels and nn the tests reached that ran in BUILD_DIR
# (preset coverage), as text and as pages in BUILD_DIR/report. Exit code 1 below 95 % of lines or
# 85 % of branches of either. A line of kernels/micro counts as reached if it was reached on any
# instruction set; figures for each set follow. kernels/simd/neon.h is not included: it runs on Arm
# only, and the aarch64 tests have no gcov.
set -eu
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
report=$build/report
mkdir -p "$report"
# C has no exceptions; branches without a source line, such as stack protector checks, are excluded.
options='--exclude-throw-branches --exclude-unreachable-branches'
failed=0

# summary NAME [GCOVR OPTION ...]: prints one line.
summary() {
    name=$1
    shift
    gcovr -r . -s --txt "$report/summary.txt" "$@" | awk -v name="$name" '
        /^lines|^branches/ { sub("out of", "of"); text = text "  " $0 }
        END { printf "%-14s%s\n", name, text }'
}

for folder in kernels nn; do
    # shellcheck disable=SC2086 # a list of words
    gcovr -r . --object-directory "$build" -f "$folder/" $options -j "$(nproc)" \
        --json "$report/$folder.json" "$build/$folder"
    gcovr -r . -a "$report/$folder.json" --txt "$report/$folder.txt" \
        --html-details "$report/$folder.html" --html-title "Lanewise, $folder" \
        --fail-under-line 95 --fail-under-branch 85 ||
        failed=1
    grep -v '100%$' "$report/$folder.txt"
done
for folder in kernels nn; do
    summary "$folder" -a "$report/$folder.json"
done
for objects in "$build"/kernels/CMakeFiles/lanewise_isa_*.dir; do
    isa=${objects##*lanewise_isa_}
    # shellcheck disable=SC2086 # a list of words
    summary "  ${isa%.dir}" --object-directory "$build" -f kernels/ $options -j "$(nproc)" \
        "$objects"
done
echo "pages: $report/kernels.html $report/nn.html"
exit $failed
