#!/bin/sh
# Usage: long.sh BUILD [PART ...]
#
# The long versions of what the ordinary suite tries in short: those parts, or all one after the other. BUILD is a
# release build. Each part ends with its figures; the exit code is 1 if any of them failed. README.md
# beside this file has the figures of the last full run.
set -u
tests=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$tests")
build=$(cd "$1" && pwd)
shift
all='steps fashion'
[ $# -gt 0 ] || set -- $all

# 10^7 steps of two small networks under a limit of memory.
part_steps() {
    "$build/bin/soak" narrow 10000000 && "$build/bin/soak" wide 10000000
}

# An hour of Fashion-MNIST under a limit of memory.
part_fashion() {
    "$build/bin/soak" fashion "${LANEWISE_TEST_SECONDS:-3600}"
}

failed=
for part; do
    case " $all " in
    *" $part "*) ;;
    *)
        echo "long.sh: no part '$part'; there are: $all" >&2
        exit 2
        ;;
    esac
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
