# Runs that are killed, interrupted or fill the disk; see kill.c.
# usage: kill.sh PROGRAMS [KILLS SIGNALS FILLED [DIRECTORY]]
#
# Runs in a memory file system if there is one: checkpoints are most frequent there.
set -eu
programs=$(cd "$1" && pwd)
parent=${5:-/dev/shm}
[ -w "$parent" ] || parent=${TMPDIR:-/tmp}
work=$(mktemp -d "$parent/lanewise.XXXXXX")
cleanup() {
    umount "$work/disk" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
"$programs/kill_runs" "$programs/lanewise" "$work" "${2:-20}" "${3:-12}" "${4:-3}"
