#!/bin/sh
# usage: bench.sh BIN_DIR BENCH_DATA WRONG_PEER
# Tests that the benchmark programs and their report run, and how they handle wrong results, invalid
# files and known numbers.
data=$2
wrong_peer=$3
. "$(dirname "$0")/../cli/common.sh"

short='--benchmark_min_time=0.001 --benchmark_repetitions=2 --benchmark_out_format=json
    --benchmark_enable_random_interleaving=true'

# measure NAME COMMAND ...: writes NAME.json, the array that the report reads.
measure() {
    name=$1
    shift
    # shellcheck disable=SC2086 # a list of words
    run "$@" $short --benchmark_out=one.json
    [ "$code" -eq 0 ] || fail "exit code $code: $*"
    {
        echo '['
        cat one.json
        echo ']'
    } >"$name.json"
}

# The report of known numbers: best, median, ratios, losses, order of rows, percentages.
succeeds "$bin/bench_report" "$data/results.json"
checks=$((checks + 1))
diff "$data/results.md" "$work/out" || fail 'the report of known numbers has changed'

# A shape with Lanewise and with a broken peer: one is timed, the other rejected.
unset LANEWISE_BENCH_PEERS
echo 'small NT 3,5 4 n # two shapes' >shapes.txt
measure ours "$bin/bench_gemm" shapes.txt
succeeds "$bin/bench_report" ours.json
says '^\| small NT 3x4x4 \|( +[0-9.]+ +[0-9]+% \|)+ +[0-9.]+ \|'
says '^\| small NT 5x4x4 '
LANEWISE_BENCH_PEERS="wrong=$wrong_peer:cblas" measure wrong "$bin/bench_gemm" shapes.txt
run "$bin/bench_report" wrong.json
[ "$code" -eq 1 ] || fail "exit code $code, expected 1 for a wrong product"
says '^- shapes small NT 3x4x4, wrong on 1 thread: the product is wrong'
says '^\| small NT 3x4x4 '

# One benchmark of each other program.
measure layer "$bin/bench_layer" --benchmark_filter='peak|forward_relu/32x'
succeeds "$bin/bench_report" layer.json
says '^\| forward_relu 32x64x64 .* product \|'
measure vector "$bin/bench_vector" --benchmark_filter='peak|softmax/128x10'
succeeds "$bin/bench_report" vector.json
says '^\| softmax 128x10 .* copy \|'
# Training on a full batch, and on batches of shuffled rows.
measure train "$bin/bench_train" --benchmark_filter='peak|and_2-1|disk'
succeeds "$bin/bench_report" train.json
says '^- PyTorch was not measured'
says '^\| GFLOP/s .* samples_per_second \| us/step \|$'
says '^\| and_2-1 .* [1-9][0-9]+ \| +[0-9]+\.[0-9]+ \|$'
says '^\| disk_2-64-64-2 '

# bench/run: runs only the programs that the pattern selects, and PyTorch if available. A script
# replaces python and prints what the benchmark of PyTorch would.
mkdir -p build/bench
ln -s "$bin" build/bin
runner=$(dirname "$0")/../../bench/run
cat >python <<'TEXT'
#!/bin/sh
[ "$1" = - ] || exit 0
grep -q '^"""The networks of bench_train' || exit 1
cat <<JSON
{"context": {"peer_torch-fused": "9.9"}, "benchmarks": [
  {"name": "train/and_2-1/torch-fused/$2", "run_type": "iteration",
   "GFLOP/s": 0.001, "us/step": 32}]}
JSON
TEXT
chmod +x python
unset LANEWISE_BENCH_PYTHON
run env LANEWISE_BENCH_PYTHON=./python sh "$runner" build quick 'and_2-1/[^/]*/1/'
[ "$code" -eq 0 ] || fail "exit code $code of bench/run"
says '^- torch-fused: 9\.9$'
says '^\| and_2-1 .* torch-fused \| +32\.00 \| +[0-9.]+ \| +[0-9.]+ \|$'
says '^\| train to best library \| +1 '
[ "$(head -n 1 build/bench/results.html)" = '<!DOCTYPE html>' ] || fail 'bench/run wrote no page'
grep -Eq '^bench: (mlp|tiny|layer|vector)$' "$work/err" &&
    fail 'bench/run ran a program that the pattern does not select'
run env LANEWISE_BENCH_PYTHON=false sh "$runner" build quick 'and_2-1/[^/]*/1/'
[ "$code" -eq 1 ] || fail "exit code $code if LANEWISE_BENCH_PYTHON has no torch"
grep -q "^bench: LANEWISE_BENCH_PYTHON, 'false', cannot import torch" "$work/err" ||
    fail 'no message about LANEWISE_BENCH_PYTHON'
run sh "$runner" build quick nothing_of_this_name
[ "$code" -eq 1 ] || fail "exit code $code if nothing matches"

# Errors name file and line.
for line in 'a NN 1 2' 'a NN 1 2 3 4' 'a TT 1 2 3' 'a NN 0 2 3' 'a NN 1 2x 3' 'a NN 1, 2 3' \
    'a NN n 2 3'; do
    printf '# shapes\n\n%s\n' "$line" >bad.txt
    fails 2 '^[^ ]*bench_gemm: bad.txt:3: ' "$bin/bench_gemm" bad.txt
done
echo '# nothing' >empty.txt
fails 2 'empty.txt: contains no shapes' "$bin/bench_gemm" empty.txt
fails 2 'absent.txt: cannot be read' "$bin/bench_gemm" absent.txt
fails 2 'usage: ' "$bin/bench_gemm"
export LANEWISE_BENCH_PEERS
LANEWISE_BENCH_PEERS=nonsense
fails 2 "'nonsense' is not name=path:kind" "$bin/bench_gemm" shapes.txt
LANEWISE_BENCH_PEERS=x=/nowhere/lib.so:cblas
fails 2 '/nowhere/lib.so' "$bin/bench_gemm" shapes.txt
LANEWISE_BENCH_PEERS=x=$wrong_peer:dnnl
fails 2 'has no dnnl' "$bin/bench_gemm" shapes.txt
fails 2 'bad.txt' "$bin/bench_report" bad.txt
finish
