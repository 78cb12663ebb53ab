#!/bin/sh
# thread_environments.sh PROGRAM: PROGRAM passes whatever OpenMP's environment asks for.
set -eu
program=$1

try() {
    echo "$*"
    env "$@" "$program" >log 2>&1 || {
        cat log
        exit 1
    }
}

directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
try OMP_NUM_THREADS=1
try OMP_NUM_THREADS=5
try OMP_NUM_THREADS=2,3 OMP_MAX_ACTIVE_LEVELS=2
try OMP_THREAD_LIMIT=1
try OMP_THREAD_LIMIT=3
try OMP_DYNAMIC=true OMP_NUM_THREADS=8
try OMP_WAIT_POLICY=active LANEWISE_TEST_REPEAT=5
try OMP_PROC_BIND=true OMP_NUM_THREADS=3
try OMP_PROC_BIND=spread OMP_PLACES=cores
try OMP_SCHEDULE=dynamic OMP_STACKSIZE=256K
