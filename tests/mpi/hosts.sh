# usage: hosts.sh BIN_DIR short|long [LINES.json]
# Tests ranks on separate hosts (network namespaces). They must train the same network, to the bit,
# as the same number of ranks on one host. bench_ranks then measures links of several rates and
# delays, and appends its lines to LINES.json. The long form also checks the predictions of
# bench/distributed/simulate.py. Skipped without Open MPI or network namespaces.
lines=$(realpath "${3:-/dev/null}")
tests=$(cd "$(dirname "$0")/.." && pwd)
. "$tests/cli/common.sh"
. "$tests/mpi/json_line.sh"
. "$tests/mpi/hosts_network.sh"

mpirun --version 2>/dev/null | grep -q 'Open MPI' || skip 'there is no Open MPI'
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive

if [ "$2" = long ]; then
    data='--data fashion-mnist --layers 256,128 --epochs 2'
    # Above 4 Gb/s TCP on two cores is slower than the link: see docs/guide/scaling.md.
    links='500mbit/50 1gbit/50 2gbit/50 4gbit/50
        500mbit/1000 1gbit/1000 2gbit/1000 4gbit/1000 1gbit/5000'
    benched='--steps 20 --rounds 7'
else
    data='--csv rows.csv --target y --layers 300,200 --epochs 3'
    links='1gbit/50 1gbit/2000'
    benched='--network 784-512-512-10 --steps 4 --rounds 3'
fi

# train NAME COMMAND ...: writes a network and a checkpoint of this name.
train() {
    name=$1
    shift
    # shellcheck disable=SC2086 # lists of words
    run "$@" "$bin/lanewise" train $data --batch 64 --optimizer adam --seed 5 --threads 1 \
        --gradients fp32 --save "$work/data/$name.safetensors" \
        --checkpoint "$work/data/$name.checkpoint"
    [ "$code" -eq 0 ] || fail "exit code $code of training on $name"
}

# same FILE FILE: requires equal bytes.
same() {
    checks=$((checks + 1))
    cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

make_hosts 2
awk 'BEGIN { print "a,b,c,y"
             for (i = 0; i < 640; i++)
                 print i % 17 / 17 "," i % 29 / 29 "," i % 5 / 5 "," (i % 17 > i % 29) }' >rows.csv
train one mpirun -n 2 --oversubscribe --bind-to none
says '^2 processes on 1 host, 2 threads$'
link_hosts 1gbit 50
train two on_hosts
says '^2 processes on 2 hosts, 2 threads$'
same one.safetensors two.safetensors
same one.checkpoint two.checkpoint

# bench COMMAND ...
bench() {
    # shellcheck disable=SC2086 # a list of words
    run "$@" "$bin/bench_ranks" --optimizer sgd --threads 1 $benched
    [ "$code" -eq 0 ] || fail "exit code $code of bench_ranks"
    cat "$work/out"
}

# seconds_per_byte RATE
seconds_per_byte() {
    echo "$1" | sed 's/gbit/ 1e9/; s/mbit/ 1e6/' | awk '{ print 8 / ($1 * $2) }'
}

# By default Open MPI 4 reduces to the first rank and broadcasts, with two ranks or in place. A ring
# takes half the time, and is the algorithm that the simulator is given.
ring='--mca coll_libnbc_iallreduce_algorithm 1'

bench mpirun -n 2 --oversubscribe --bind-to none
loss=$(sed 's/.*"loss": \([^,]*\),.*/\1/' "$work/out")
for link in $links; do
    rate=${link%/*}
    delay=${link#*/}
    link_hosts "$rate" "$delay"
    echo "$rate, $delay us:"
    # shellcheck disable=SC2086 # a list of words
    bench on_hosts $ring
    [ "$code" -ne 0 ] || cat "$work/out" >>measured.json
    holds "(m['ranks'], m['hosts'], m['loss']) == (2, 2, $loss)"
    # No message is faster than the delay, and no byte faster than the rate, except for one burst
    # per reduction.
    holds "m['alpha'] >= 1e-6 * $delay"
    holds "m['beta'] > 0.85 * $(seconds_per_byte "$rate")"
    holds "m['step'] > m['beta'] * (m['bytes'] - 131072 * m['reductions'])"
done
[ ! -e measured.json ] || cat measured.json >>"$lines"

# The short form does not compare times: the machine may be busy.
simulator=$tests/../bench/distributed/simulate.py
if [ "$2" = long ] && [ -e "$simulator" ]; then
    run python3 "$simulator" check --algorithm ring measured.json
    cat "$work/out"
    [ "$code" -eq 0 ] || fail 'a prediction is outside the tolerance'
fi

finish
