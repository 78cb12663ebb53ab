#!/bin/sh
# threads_soak.sh BUILD [COUNT]: all tests of concurrency in a build's folder COUNT times, 10000 if it is not named.
# A line for each of them in the end; exit code 1 if one failed or hung.
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
    sed -n '/^threads that/p; /^two libraries/p; /^skipped/p' log
    echo "$(basename "$1"): $result, $LANEWISE_TEST_REPEAT repetitions of each test in $(($(date +%s) - begin)) s"
}

try "$build/bin/test_forks"
try "$build/bin/test_thread_counts"
try "$build/bin/test_concurrency"
[ ! -x "$build/bin/two_libraries" ] ||
    try "$build/bin/two_libraries" "$build/lib/liblanewise_kernels.so" "$build/lib/liblanewise_nn.so"
exit $failed
