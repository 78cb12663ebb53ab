# usage: launcher.sh BIN_DIR
# A process that a launcher started with others but that cannot communicate with them, without MPI
# or with the MPI of another launcher, fails: each process would act as rank 0 and write the files.
. "${0%/*}/common.sh"

# Open MPI refuses to run as root, and does not free all memory.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 ASAN_OPTIONS=detect_leaks=0

write_xor
xor="--x x.npy --y y.npy --layers 4 --epochs 2 --save net --log log --checkpoint state"

# shellcheck disable=SC2086 # a list of words
fails 1 '^lanewise: started as one of (2|several) processes, but ' env OMPI_COMM_WORLD_SIZE=2 \
    "$lanewise" train $xor

# A single process started by a launcher runs without MPI.
# shellcheck disable=SC2086
succeeds env OMPI_COMM_WORLD_SIZE=1 "$lanewise" train $xor

finish
