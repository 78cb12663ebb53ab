# usage: kill.sh BIN_DIR [KILLS [PROCESSES]]
# Kills one of three processes (or of PROCESSES) that train together at a random moment. All must
# fail within ten seconds, the checkpoint must load, and the resumed run must end with the bits of
# an undisturbed one. MPIRUN as in command.sh.
. "${0%/*}/../cli/common.sh"
kills=${2:-3}
processes=${3:-3}
awk 'BEGIN { print "a,b,y"
    for (i = 0; i < 4000; i++) { a = i * 37 % 101 / 101; b = i * 61 % 103 / 103
        print a "," b "," ((a - 0.5) * (b - 0.5) > 0) } }' >data.csv
options="--csv data.csv --target y --layers 64,64 --batch 30 --epochs 40 --seed 3 --quiet"
seed=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
echo "seed $seed"

# train OPTION...: starts training in the background; $launcher is the process of mpirun.
train() {
    # shellcheck disable=SC2086
    $MPIRUN "$processes" "$lanewise" train $options "$@" >"$work/out" 2>"$work/err" &
    launcher=$!
}

# milliseconds: prints the time.
milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}

train --save whole.net
begin=$(milliseconds)
wait $launcher || fail 'the undisturbed run fails'
length=$(($(milliseconds) - begin))
slowest=0
early=0
late=0
kill=1
while [ "$kill" -le "$kills" ]; do
    checks=$((checks + 1))
    rm -f state killed.net
    seed=$(((seed * 25173 + 13849) % 65536))
    train --checkpoint state --save killed.net
    sleep "$(awk -v s=$seed -v l=$length 'BEGIN { print s / 65536 * l / 1000 }')"
    # Only processes of the command, not of the launcher.
    victim=$(pgrep -f "^$lanewise train .*--checkpoint state" |
        awk -v s=$seed '{ p[NR] = $1 } END { if (NR) print p[s % NR + 1] }')
    begin=$(milliseconds)
    if [ -z "$victim" ] || ! kill -KILL "$victim" 2>/dev/null; then
        wait $launcher || fail 'a run without a kill fails'
        late=$((late + 1)) # not started yet, or already over
        kill=$((kill + 1))
        continue
    fi
    wait $launcher
    code=$?
    took=$(($(milliseconds) - begin))
    [ $took -le $slowest ] || slowest=$took
    [ $took -lt 10000 ] || fail "the processes took $took ms to end"
    if [ $code -eq 0 ]; then
        [ -e killed.net ] || fail 'exit code 0 without a network after a kill'
        late=$((late + 1))
    else
        grep -qi 'kill\|signal 9' "$work/out" "$work/err" ||
            fail 'no message about the killed process'
    fi
    [ "$(pgrep -cf "^$lanewise train .*--checkpoint state")" -eq 0 ] ||
        fail 'other processes continue'
    [ -e state ] || early=$((early + 1))
    resume=$([ ! -e state ] || echo --resume state)
    train $resume --save resumed.net
    wait $launcher || fail 'the run cannot be resumed'
    cmp -s whole.net resumed.net || fail 'the resumed run ends with another network'
    kill=$((kill + 1))
done
echo "$kills killed: $early before the first checkpoint, $late too late"
echo "the slowest end took $slowest ms"
finish
