#!/bin/sh
# Usage: soak.sh [PART ...]
#
# Runs the long versions of the ordinary tests: the named parts, or all of them in some hours on
# two cores. Prints the figures of each part; exit code 1 if any part failed. README.md in this
# folder lists the figures of the last full run.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$PWD/build/release
all='ulp faults kills ranks threads fuzz fuzz_kernels steps fashion valgrind coverage analyse'
[ $# -gt 0 ] || set -- $all

# Every float through exp, log and the activations, on every instruction set.
part_ulp() {
    OMP_WAIT_POLICY=passive "$build/bin/ulp_exhaustive"
}

# Every allocation and file operation of library calls and of runs of the command.
part_faults() {
    "$build/bin/fault_injection_library" 1 &&
        "$build/bin/fault_injection_command" "$build/bin/lanewise" 1
}

# SIGKILL, SIGINT and SIGTERM at random moments of runs, and full disks.
part_kills() {
    sh tests/cli/kill.sh "$build/bin" 1000 300 50
}

# Kills one of three processes of mpirun, and trains on separate hosts; needs a build with MPI.
part_ranks() {
    mpirun=$(ctest --preset release -N -V -R '^mpi_kill$' | sed -n 's/^.*MPIRUN=//p' | head -n 1)
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 MPIRUN=$mpirun \
        sh tests/mpi/kill.sh "$build/bin" 20 &&
        sh tests/mpi/hosts.sh "$build/bin" long
}

# Concurrency, forks, many threads, two libraries: 10000 repetitions each.
part_threads() {
    sh tests/nn/threads_soak.sh build/release 10000
}

# 10^7 inputs for each file reader and for the command-line parsers, and 10^6 cases for the kernels.
part_fuzz() {
    ./dev build fuzz &&
        sh tests/fuzz/run.sh build/fuzz 10000000 safetensors npy idx idx_gzip csv table schema \
            options
}

part_fuzz_kernels() {
    ./dev build fuzz && sh tests/fuzz/run.sh build/fuzz 1000000 kernels
}

# 10^7 steps of two small networks with a memory limit.
part_steps() {
    "$build/bin/soak" small_net 10000000 && "$build/bin/soak" layered 10000000
}

# One hour of Fashion-MNIST with a memory limit.
part_fashion() {
    "$build/bin/soak" fashion 3600
}

part_valgrind() {
    ./dev valgrind
}

part_coverage() {
    ./dev coverage
}

part_analyse() {
    ./dev analyse
}

for part; do
    case " $all " in
    *" $part "*) ;;
    *)
        echo "soak.sh: unknown part '$part'; parts: $all" >&2
        exit 2
        ;;
    esac
done
./dev build || exit 1
failed=
for part; do
    echo "== $part"
    begin=$(date +%s)
    "part_$part" || failed="$failed $part"
    echo "== $part: $(($(date +%s) - begin)) s"
done
[ -z "$failed" ] || {
    echo "failed:$failed"
    exit 1
}
echo 'all passed'
