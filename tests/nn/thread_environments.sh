#!/bin/sh
# thread_environments.sh PROGRAM [ARGUMENT ...]: the program must pass with any OpenMP environment.
set -eu

directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
for settings in \
    'OMP_NUM_THREADS=1' \
    'OMP_NUM_THREADS=5' \
    'OMP_NUM_THREADS=2,3 OMP_MAX_ACTIVE_LEVELS=2' \
    'OMP_THREAD_LIMIT=1' \
    'OMP_THREAD_LIMIT=3' \
    'OMP_DYNAMIC=true OMP_NUM_THREADS=8' \
    'OMP_WAIT_POLICY=active LANEWISE_TEST_REPEAT=5' \
    'OMP_PROC_BIND=true OMP_NUM_THREADS=3' \
    'OMP_PROC_BIND=spread OMP_PLACES=cores' \
    'OMP_SCHEDULE=dynamic OMP_STACKSIZE=256K'; do
    echo "$settings"
    # shellcheck disable=SC2086 # a list of words
    env $settings "$@" >log 2>&1 || {
        cat log
        exit 1
    }
done
