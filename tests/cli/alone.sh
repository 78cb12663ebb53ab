# usage: alone.sh BIN_DIR
# A process that a launcher has started with others, of whom it cannot know: without MPI, or with one that is not the
# launcher's. Each would take itself for the only one and write the files of all.
. "${0%/*}/common.sh"

# MPI alone in a process asks for what it asks of a launcher, and keeps memory to the end.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 ASAN_OPTIONS=detect_leaks=0

write_xor
xor="--x x.npy --y y.npy --layers 4 --epochs 2 --save net --log log --checkpoint state"

# shellcheck disable=SC2086 # a list of words
fails 1 '^lanewise: started as one of (2|several) processes, but ' env OMPI_COMM_WORLD_SIZE=2 "$lanewise" train $xor

# The only one that was started may know as little.
# shellcheck disable=SC2086
succeeds env OMPI_COMM_WORLD_SIZE=1 "$lanewise" train $xor

finish
