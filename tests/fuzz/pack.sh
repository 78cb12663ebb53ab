#!/bin/sh
# usage: pack.sh BUILD [TARGET ...]
# Adds the inputs that run.sh has left in BUILD/fuzz/TARGET to tests/fuzz/corpus/TARGET.tar, for the
# targets named or for all. In a build of preset fuzz, libFuzzer selects the new inputs that reach
# code which the corpus does not reach; in other builds all new inputs are added. Inputs of the
# corpus are never removed: which of them are redundant depends on the processor.
#
# The archive is a function of its inputs: each is named by the SHA-1 of its bytes, names are
# sorted, times and owners are fixed.
set -eu
[ $# -ge 1 ] || { echo 'usage: pack.sh BUILD [TARGET ...]' >&2 && exit 2; }
corpus=$(cd "$(dirname "$0")" && pwd)/corpus
build=$1
shift
[ $# -gt 0 ] || set -- safetensors npy idx idx_gzip csv table schema options kernels
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# copy FROM TO: the files of FROM, each under the SHA-1 of its bytes.
copy() {
    find "$1" -type f ! -name '.*' -exec sha1sum {} + | while read -r hash path; do
        cp "$path" "$2/$hash"
    done
}

# Adds the files of FOUND ($2) to those of KEPT ($3).
select_inputs() {
    if grep -q '^LANEWISE_FUZZ:.*=ON$' "$build/CMakeCache.txt"; then
        ASAN_OPTIONS=detect_leaks=0 "$build/bin/fuzz_$1" -merge=1 "$3" "$2" >"$work/log" 2>&1 ||
            { tail -5 "$work/log" >&2 && return 1; }
    else
        copy "$2" "$3"
    fi
}

for target; do
    archive=$corpus/$target.tar found=$build/fuzz/$target kept=$work/$target
    mkdir "$kept" "$kept.old"
    [ ! -f "$archive" ] || tar -C "$kept.old" -xf "$archive"
    copy "$kept.old" "$kept"
    before=$(find "$kept" -type f | wc -l)
    [ ! -d "$found" ] || select_inputs "$target" "$found" "$kept"
    (cd "$kept" && LC_ALL=C ls) |
        tar --format=ustar --mtime='1980-01-01 00:00Z' --owner=0 --group=0 --numeric-owner \
            --mode=644 -C "$kept" -cf "$work/new.tar" -T -
    tar -tf "$work/new.tar" >/dev/null
    mv "$work/new.tar" "$archive"
    echo "$target: $before inputs, $(($(find "$kept" -type f | wc -l) - before)) added"
done
