#!/bin/sh
# usage: run.sh BUILD EXECUTIONS [TARGET ...]
# Runs the fuzzers of a build of preset fuzz, or those named (safetensors, npy, ...), for so many executions each, two
# at a time. They begin with the corpus in the sources and leave what they find beside the build, in
# BUILD/fuzz/TARGET; findings go to BUILD/fuzz/TARGET-*. Prints for each target what it did; fails on a finding, which
# fuzz_TARGET FILE runs again, and which belongs into the corpus once it is mended.
set -eu
[ $# -ge 2 ] || { echo 'usage: run.sh BUILD EXECUTIONS [TARGET ...]' >&2 && exit 2; }
source=$(cd "$(dirname "$0")" && pwd)
build=$1 executions=$2
shift 2
[ $# -gt 0 ] || set -- safetensors npy idx idx_gzip csv options kernels

# The longest input: where mutations of more bytes find nothing new.
longest() {
    case $1 in
    safetensors) echo 1152 ;;
    npy) echo 768 ;;
    idx) echo 256 ;;
    idx_gzip) echo 1024 ;;
    csv | options) echo 512 ;;
    kernels) echo 32 ;;
    *) echo "run.sh: no target $1" >&2 && exit 2 ;;
    esac
}

# What costs time and finds nothing here: filling fresh memory, a long history of each piece, a large quarantine.
# Memory that is not released is seen by the targets themselves.
ASAN_OPTIONS=max_malloc_fill_size=0:malloc_context_size=1:quarantine_size_mb=2:detect_leaks=0
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

run() {
    folder=$build/fuzz/$1
    mkdir -p "$folder"
    dictionary=
    [ ! -f "$source/$1.dict" ] || dictionary=-dict=$source/$1.dict
    began=$(date +%s)
    # shellcheck disable=SC2086 # one word or none
    "$build/bin/fuzz_$1" $dictionary -runs="$executions" -max_len="$(longest "$1")" -timeout=60 \
        -rss_limit_mb=2048 -malloc_limit_mb=256 -detect_leaks=0 -print_final_stats=1 \
        -artifact_prefix="$folder-" "$folder" "$source/corpus/$1" >"$folder.log" 2>&1 && status=0 || status=$?
    seconds=$(($(date +%s) - began))
    done_runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder.log")
    edges=$(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' "$folder.log" | tail -1)
    findings=0
    [ "$status" = 0 ] || findings=1
    echo "$1: ${done_runs:-0} executions, $((${done_runs:-0} / (seconds + (seconds == 0)))) a second," \
        "$seconds s, ${edges:-0} edges, $findings findings"
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
