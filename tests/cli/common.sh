# Functions for tests of the command. A test is a POSIX shell script with the directory of the
# programs as its first argument. It sources this file, works in a temporary directory and ends with
# `finish`.

set -u
LC_ALL=C
export LC_ALL
bin=$(cd "$1" && pwd)
lanewise=$bin/lanewise
checks=0
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/data"
cd "$work/data" || exit 1

# fail TEXT...: records a failure and prints the output of the last run.
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    sed 's/^/    stdout: /' "$work/out"
    sed 's/^/    stderr: /' "$work/err"
}

# run COMMAND...: saves stdout and stderr in $work/out and $work/err, the exit code in $code.
run() {
    checks=$((checks + 1))
    "$@" >"$work/out" 2>"$work/err"
    code=$?
}

# succeeds COMMAND...: runs a command that must exit with 0 and print nothing on stderr.
succeeds() {
    run "$@"
    [ "$code" -eq 0 ] || fail "exit code $code, expected 0: $*"
    [ ! -s "$work/err" ] || fail "unexpected messages: $*"
}

# Checksums of all files.
snapshot() {
    find . -type f -exec cksum {} + | sort
}

# fails CODE PATTERN COMMAND...: runs a command that must exit with CODE, print a message that
# matches the extended regular expression on stderr and nothing on stdout, and change no file.
fails() {
    expected=$1
    pattern=$2
    shift 2
    snapshot >"$work/before"
    run "$@"
    snapshot >"$work/after"
    [ "$code" -eq "$expected" ] || fail "exit code $code, expected $expected: $*"
    [ ! -s "$work/out" ] || fail "output of a run that failed: $*"
    grep -Eq -- "$pattern" "$work/err" || fail "no message like '$pattern': $*"
    cmp -s "$work/before" "$work/after" || fail "files have changed: $*"
}

# says PATTERN: the output of the last run must have a matching line.
says() {
    checks=$((checks + 1))
    grep -Eq -- "$1" "$work/out" || fail "no output like '$1'"
}

# Ends the test; exit code 1 if a check failed or there were none.
finish() {
    echo "$checks checks, $failures failed"
    [ "$failures" -eq 0 ] && [ "$checks" -gt 0 ]
    exit
}

# npy DESCR SHAPE BYTES: a NumPy file; BYTES are printf escapes. The header is padded to 128 bytes,
# of which 118 (octal 166) follow its length.
npy() {
    printf '\223NUMPY\001\000\166\000'
    printf "%-117s\n" "{'descr': '$1', 'fortran_order': False, 'shape': $2, }"
    printf "$3"
}

# Numbers as bytes, little-endian.
f0='\000\000\000\000'
f1='\000\000\200\077'
half='\000\000\000\077'
nan='\000\000\300\177'
i0='\000\000\000\000'
i1='\001\000\000\000'
i7='\007\000\000\000'

# XOR: x.npy with four rows of two inputs, y.npy with their classes.
write_xor() {
    npy '<f4' '(4, 2)' "$f0$f0$f0$f1$f1$f0$f1$f1" >x.npy
    npy '<i4' '(4,)' "$i0$i1$i1$i0" >y.npy
}

# idx_images COUNT: images of 2 x 2 pixels, alternately dark and light. idx_labels COUNT:
# alternately 0 and 1. COUNT must be below 8.
idx_images() {
    printf "\\000\\000\\010\\003\\000\\000\\000\\00$1\\000\\000\\000\\002\\000\\000\\000\\002"
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf i % 2 ? "zzzz" : "    " }'
}
idx_labels() {
    printf "\\000\\000\\010\\001\\000\\000\\000\\00$1"
    i=0
    while [ "$i" -lt "$1" ]; do
        printf "\\00$((i % 2))"
        i=$((i + 1))
    done
}

# write_fashion DIR: four training images and two compressed test images.
write_fashion() {
    mkdir -p "$1"
    idx_images 4 >"$1/train-images-idx3-ubyte"
    idx_labels 4 >"$1/train-labels-idx1-ubyte"
    idx_images 2 | gzip >"$1/t10k-images-idx3-ubyte.gz"
    idx_labels 2 | gzip >"$1/t10k-labels-idx1-ubyte.gz"
}
