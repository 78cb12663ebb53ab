#!/bin/sh
# threads_soak.sh BUILD [COUNT]
#
# Runs all tests of concurrency in a build directory COUNT times (default 10000). Prints a line for
# each; exit code 1 if one failed or hung.
set -eu
build=$1
LANEWISE_TEST_REPEAT=${2:-10000}
OMP_WAIT_POLICY=passive
export LANEWISE_TEST_REPEAT OMP_WAIT_POLICY
build=$(cd "$build" && pwd)
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
failed=0

try() {
    begin=$(date +%s)
    result=passed
    "$@" >log 2>&1 || result=FAILED
    [ $result = passed ] || failed=1
    [ $result = passed ] || cat log >&2
    sed -n '/^short-lived threads/p; /^two libraries/p; /^skipped/p' log
    seconds=$(($(date +%s) - begin))
    echo "$(basename "$1"): $result, $LANEWISE_TEST_REPEAT repetitions of each test in $seconds s"
}

try "$build/bin/test_forks"
try "$build/bin/test_thread_counts"
try "$build/bin/test_concurrency"
[ ! -x "$build/bin/two_libraries" ] ||
    try "$build/bin/two_libraries" "$build/lib/liblanewise_kernels.so" \
        "$build/lib/liblanewise_nn.so"
exit $failed
