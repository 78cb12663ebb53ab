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

# count JSON_SUMMARY NAME
count() {
    tr ',{}' '\n\n\n' <"$1" | awk -F': *' -v name="$2" '
        { gsub(/["\n ]/, "", $1) }
        $1 == "line_percent" { lines = $2 }
        $1 == "line_covered" { l = $2 } $1 == "line_total" { lt = $2 }
        $1 == "branch_percent" { branches = $2 }
        $1 == "branch_covered" { b = $2 } $1 == "branch_total" { bt = $2 }
        END { printf "%-22s lines %5.1f %% (%d of %d), branches %5.1f %% (%d of %d)\n", name, lines, l, lt, branches, b, bt }'
}

for folder in kernels nn; do
    # shellcheck disable=SC2086 # a list of words
    gcovr -r . --object-directory "$build" -f "$folder/" $options -j "$(nproc)" --json "$report/$folder.json" "$build/$folder"
    gcovr -r . -a "$report/$folder.json" --txt "$report/$folder.txt" --json-summary "$report/$folder.summary.json" \
        --html-details "$report/$folder.html" --html-title "Lanewise, $folder" --fail-under-line 95 --fail-under-branch 85 ||
        failed=1
    grep -v '100%$' "$report/$folder.txt"
done
for folder in kernels nn; do
    count "$report/$folder.summary.json" "$folder"
done
for objects in "$build"/kernels/CMakeFiles/lanewise_isa_*.dir; do
    isa=${objects##*lanewise_isa_}
    # shellcheck disable=SC2086 # a list of words
    gcovr -r . --object-directory "$build" -f kernels/ $options --json-summary "$report/isa.json" -o /dev/null "$objects"
    count "$report/isa.json" "  ${isa%.dir}"
done
echo "pages: $report/kernels.html $report/nn.html"
exit $failed
