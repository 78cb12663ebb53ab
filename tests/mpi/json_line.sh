# Shared by the tests of bench_ranks, for scripts that have sourced tests/cli/common.sh.

command -v python3 >/dev/null || {
    echo 'skipped: there is no python3 (Debian: python3)'
    exit 77
}

# holds EXPRESSION: requires a Python expression to be true; m is the JSON object that the last run
# printed, c its "compute".
holds() {
    checks=$((checks + 1))
    python3 -c 'import json, sys
line, = open(sys.argv[1])
m = json.loads(line)
c = m["compute"]
sys.exit(not eval(sys.argv[2]))' "$work/out" "$1" 2>>"$work/err" || fail "false: $1"
}
