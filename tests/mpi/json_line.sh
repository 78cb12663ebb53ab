# What the tests of bench_ranks share, for a script that has sourced tests/cli/common.sh.

command -v python3 >/dev/null || {
    echo 'skipped: there is no python3'
    exit 77
}

# holds EXPRESSION: Python's, of the members m of the one line of JSON that the last run has printed.
holds() {
    checks=$((checks + 1))
    python3 -c 'import json, sys
line, = open(sys.argv[1])
m = json.loads(line)
c = m["compute"]
sys.exit(not eval(sys.argv[2]))' "$work/out" "$1" 2>>"$work/err" || fail "not so: $1"
}
