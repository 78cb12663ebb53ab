# Runs that are killed, interrupted or find the disk full; see kill.c.
# usage: kill.sh PROGRAMS [KILLS SIGNALS FILLED [FOLDER]]
#
# By default some of each, in memory if it can be: there checkpoints follow each other fastest, and for a process
# that is killed it is the same.
set -eu
programs=$(cd "$1" && pwd)
place=${5:-/dev/shm}
[ -w "$place" ] || place=${TMPDIR:-/tmp}
work=$(mktemp -d "$place/lanewise.XXXXXX")
leave() {
    umount "$work/disk" 2>/dev/null || true
    rm -rf "$work"
}
trap leave EXIT
"$programs/kill_runs" "$programs/lanewise" "$work" "${2:-20}" "${3:-12}" "${4:-3}"
