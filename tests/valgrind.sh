#!/bin/sh
# usage: valgrind.sh BUILD_DIR sample | all
#
# Runs suites under valgrind's memcheck with the scalar and the AVX2 kernels: no uninitialised
# reads, no accesses outside a block, no leaks. `sample` takes seconds, `all` minutes. Valgrind
# 3.19 does not support AVX-512 and hides it from programs.
set -u
bin=$1/bin part=$2
here=$(cd "$(dirname "$0")" && pwd)
command -v valgrind >/dev/null || {
    echo 'skipped: valgrind is not installed (Debian: valgrind)'
    exit 77
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
failed=0 runs=0

# memcheck ISA PROGRAM [ARGUMENT]: in one process, because leaks in forked children of Check would
# be missed.
memcheck() {
    isa=$1 program=$2
    shift 2
    runs=$((runs + 1))
    LANEWISE_ISA=$isa LANEWISE_TEST_FAST=1 CK_FORK=no OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive \
        valgrind -q --error-exitcode=99 --leak-check=full \
        --errors-for-leak-kinds=definite,possible --show-leak-kinds=definite,possible \
        --suppressions="$here/valgrind.supp" "$bin/$program" "$@" >"$log" 2>&1 && return
    echo "$program $* with $isa:"
    tail -n 60 "$log"
    failed=$((failed + 1))
}

case $part in
sample)
    for isa in scalar avx2; do
        for suite in test_data test_idx test_npy; do
            memcheck $isa $suite
        done
    done
    memcheck avx2 kernels_check own_errors
    ;;
all)
    for isa in scalar avx2; do
        for suite in test_csv test_data test_evaluation test_export test_files test_fit_source \
            test_idx test_import test_bf16 test_models test_small_net test_net test_npy \
            test_optimizers test_safetensors test_schedules test_steps; do
            memcheck $isa $suite
        done
        # Without special_vectors: under valgrind, vfnmadd of zeros gives -0, and so does
        # sigmoid(-inf).
        for check in bf16 bf16_weights errors isa own_errors packed special_bf16 \
            special_losses special_small_net special_products special_rows weights \
            weights_errors; do
            memcheck $isa kernels_check $check
        done
    done
    ;;
esac
echo "valgrind: $runs runs, $failed with findings"
[ "$runs" -gt 0 ] && [ "$failed" -eq 0 ]
