#!/bin/sh
# usage: run.sh BUILD EXECUTIONS [TARGET ...]
# Runs the fuzzers of a build of preset fuzz, all or those named (safetensors, npy, ...), for that
# number of executions each, two at a time. Prints a line for each target.
#
# Seeds are the corpus, the named inputs of regressions/ and what earlier runs have left. New inputs
# are kept in BUILD/fuzz/TARGET, from where pack.sh adds them to the corpus.
#
# A finding is written to BUILD/fuzz/TARGET-*, and run.sh fails. BUILD/bin/fuzz_TARGET FILE runs
# that input again. Once the cause is fixed, the input gets a name and a row in
# regressions/TARGET.c.
set -eu
[ $# -ge 2 ] || { echo 'usage: run.sh BUILD EXECUTIONS [TARGET ...]' >&2 && exit 2; }
source=$(cd "$(dirname "$0")" && pwd)
build=$1 executions=$2
shift 2
[ $# -gt 0 ] || set -- safetensors npy idx idx_gzip csv table schema options kernels

# The maximum size of an input, above which mutations find nothing new.
longest() {
    case $1 in
    safetensors) echo 1152 ;;
    npy) echo 768 ;;
    idx) echo 256 ;;
    idx_gzip) echo 1024 ;;
    csv | table | options) echo 512 ;;
    schema) echo 1024 ;;
    kernels) echo 32 ;;
    *) echo "run.sh: no target $1" >&2 && exit 2 ;;
    esac
}

# Without what costs time and finds nothing here: filling new memory, long stack traces of
# allocations, a large quarantine. Leaks are detected by the targets (heap.c).
ASAN_OPTIONS=max_malloc_fill_size=0:malloc_context_size=1:quarantine_size_mb=2:detect_leaks=0
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

run() {
    folder=$build/fuzz/$1 seeds=$build/fuzz/$1.regressions
    mkdir -p "$folder" "$seeds"
    "$build/bin/fuzz_$1_regressions" "$seeds" >"$folder.log" || {
        echo "$1: fuzz_$1_regressions fails" && return 1
    }
    dictionary=
    [ ! -f "$source/$1.dict" ] || dictionary=-dict=$source/$1.dict
    began=$(date +%s)
    # shellcheck disable=SC2086 # one word or none
    "$build/bin/fuzz_$1" $dictionary -runs="$executions" -max_len="$(longest "$1")" -timeout=60 \
        -rss_limit_mb=2048 -malloc_limit_mb=256 -detect_leaks=0 -print_final_stats=1 \
        -artifact_prefix="$folder-" "$folder" "$build/tests/fuzz/corpus/$1" "$seeds" \
        >"$folder.log" 2>&1 && status=0 || status=$?
    seconds=$(($(date +%s) - began))
    done_runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder.log")
    edges=$(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' "$folder.log" | tail -1)
    findings=0
    [ "$status" = 0 ] || findings=1
    rate=$((${done_runs:-0} / (seconds + (seconds == 0))))
    echo "$1: ${done_runs:-0} executions, $rate per second, $seconds s, ${edges:-0} edges," \
        "$findings findings"
    [ "$status" = 0 ] || {
        grep -m 3 -E 'finding:|runtime error:|ERROR:' "$folder.log" || tail -5 "$folder.log"
        return 1
    }
}

failed=0
for target; do
    longest "$target" >/dev/null
done
while [ $# -gt 0 ]; do
    run "$1" &
    first=$!
    second=
    if [ $# -gt 1 ]; then
        run "$2" &
        second=$!
        shift
    fi
    shift
    wait "$first" || failed=1
    [ -z "$second" ] || wait "$second" || failed=1
done
exit $failed
