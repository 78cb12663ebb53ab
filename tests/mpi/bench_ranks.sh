# usage: bench_ranks.sh BIN_DIR LAUNCHER ...
# Checks the JSON line that bench_ranks prints on one rank and on two.
. "${0%/*}/../cli/common.sh"
. "${0%/*}/json_line.sh"
shift

for ranks in 1 2; do
    run "$@" "$ranks" "$bin/bench_ranks" --network 20-30-5 --batch 8 --optimizer sgd --bucket 2000 \
        --steps 2 --rounds 3
    [ "$code" -eq 0 ] || fail "exit code $code on $ranks ranks"
    holds "(m['network'], m['batch'], m['optimizer']) == ('20-30-5', 8, 'sgd')"
    holds "(m['gradients'], m['bucket']) == ('fp32', 2000)"
    holds "(m['ranks'], m['hosts']) == ($ranks, 1) and m['threads'] >= 1"
    holds "0 < m['step'] <= m['step_median'] and 0 < m['loss'] < 10"
    holds "c['rows'] > 0 and len(c['gradients']) == 2"
    holds "min(c['gradients']) > 0 and c['update'] > 0"
    holds "m['gamma'] > 0 and m['peak'] > 1e6 and 0 < m['share_median'] <= m['share'] < 1"
done
# One reduction for the loss (16 bytes), one for both layers, since the last is smaller than a
# bucket (785 floats or more).
holds "m['reductions'] == 2 and 16 + 4 * 785 <= m['bytes'] < 16 + 4 * 900"
holds "m['wait'] > 0 and m['exchange'] >= m['wait'] and m['beta'] > 0"

# MPI prints another message about the rank that aborts.
run "$@" 2 "$bin/bench_ranks" --network 20-30-5 --batch 7
[ "$code" -ne 0 ] && [ ! -s "$work/out" ] || fail 'accepted a batch that two ranks cannot divide'
grep -q '^bench_ranks: the batch is not a multiple of the ranks$' "$work/err" || fail 'no message'

finish
