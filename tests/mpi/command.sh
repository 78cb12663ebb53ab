# usage: command.sh BIN_DIR
# Tests lanewise train under mpirun. MPIRUN is the launcher with its options, up to the number of
# processes.
. "${0%/*}/../cli/common.sh"

# on COUNT OPTION...: runs lanewise train in COUNT processes.
on() {
    count=$1
    shift
    # shellcheck disable=SC2086 # a list of words
    run $MPIRUN "$count" "$lanewise" train "$@"
}

# trains COUNT OPTION...: as on, and requires success.
trains() {
    on "$@"
    [ "$code" -eq 0 ] || fail "exit code $code, expected 0: $*"
}

# refuses TIMES PATTERN COUNT OPTION...: requires failure, with TIMES messages that match, and
# unchanged files.
refuses() {
    times=$1
    pattern=$2
    shift 2
    snapshot >"$work/before"
    on "$@"
    snapshot >"$work/after"
    [ "$code" -ne 0 ] || fail "no failure: $*"
    found=$(cat "$work/out" "$work/err" | grep -Ec -- "$pattern")
    [ "$found" -eq "$times" ] || fail "$found messages like '$pattern', expected $times: $*"
    cmp -s "$work/before" "$work/after" || fail "files have changed: $*"
}

# same FILE FILE: requires equal bytes.
same() {
    checks=$((checks + 1))
    cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

# near LOG LOG BOUND: requires the same epochs, with losses that differ by at most BOUND.
near() {
    checks=$((checks + 1))
    sed 's/[^0-9.,e-]//g' "$1" | cut -d, -f1-3 >"$work/one"
    sed 's/[^0-9.,e-]//g' "$2" | cut -d, -f1-3 | paste -d, "$work/one" - | awk -F, -v bound="$3" '
        {
            for (i = 2; i <= 3; i++) {
                d = substr($i, 2) - substr($(i + 3), 2)
                if (d > bound || -d > bound) { failed = 1; exit }
            }
            n++
        }
        END { exit failed || n == 0 }' || fail "losses of $1 and $2 differ by more than $3"
}

# rows FIRST COUNT: points, and whether they are in two of the four quadrants.
rows() {
    awk -v first="$1" -v count="$2" 'BEGIN { print "a,b,y"
        for (i = first; i < first + count; i++) { a = i * 37 % 101 / 101; b = i * 61 % 103 / 103
            print a "," b "," ((a - 0.5) * (b - 0.5) > 0) } }'
}
rows 0 1003 >data.csv
rows 0 400 >part-0.csv
rows 400 251 >part-1.csv
data="--csv data.csv --target y --validation 0.2"
net="--layers 40,30 --batch 24 --lr 0.01 --optimizer sgd"
few="$net --epochs 3"

# ---- Different numbers of processes add in a different order. An addition in float32 rounds by
# 6e-8; losses differ by less than 1e-5 after 100 steps of SGD at this rate. A fixed number of
# processes gives the same bits.
for count in 1 2 3 4; do
    trains $count $data $few --save $count.net --log $count.log --checkpoint $count.state
    [ "$count" -eq 1 ] || says "^$count processes on 1 host, [0-9]+ threads?"
    [ "$(grep -c 'epoch 3/3  train' "$work/out")" -eq 1 ] || fail 'epochs are not printed once'
    [ "$(wc -l <$count.log)" -eq 3 ] || fail 'the log does not have a line for each epoch'
    near 1.log $count.log 1e-5
done
grep -q '"processes": 4, "threads": ' 4.log || fail 'the log lacks processes and threads'
[ "$(find . -type f | wc -l)" -eq 15 ] || fail 'another process than the first has written files'
for count in 2 3; do
    trains $count $data $few --save again.net --threads 3
    same $count.net again.net
done
cmp -s 3.net 1.net && fail 'gradients were not exchanged'
trains 2 $data $few --log bf16.log --gradients bf16
near 1.log bf16.log 1e-2

# ---- Resuming with the same and with another number of processes.
trains 2 $data $net --epochs 5 --save whole.net --log whole.log \
    --schedule constant
tail -n 3 whole.log >last.log
trains 2 $data $net --epochs 2 --checkpoint part.state --schedule constant
for count in 1 2 3; do
    trains $count $data $net --epochs 5 --resume part.state \
        --save resumed-$count.net --log resumed.log --schedule constant
    says '^part.state: resumed after 2 of 5 epochs$'
    near last.log resumed.log 1e-5
done
same whole.net resumed-2.net

trains 3 $data --layers 40,30 --batch 24 --epochs 5 --schedule constant --save whole.net
trains 3 $data --layers 40,30 --batch 24 --epochs 2 --schedule constant --checkpoint part.state
trains 3 $data --layers 40,30 --batch 24 --epochs 5 --schedule constant --save resumed.net \
    --resume part.state
same whole.net resumed.net

# ---- The default batch follows from the rows of all processes, of one file and of separate ones.
for count in 1 3; do
    trains $count $data --layers 8 --optimizer sgd --epochs 3 --log default-$count.log
    says '^for 802 training rows: --batch 32$'
done
near default-1.log default-3.log 1e-5
refuses 1 'part-0.csv: separate tables need a schema in common' \
    2 --csv 'part-{rank}.csv' --target y --layers 8
trains 1 $data --layers 8 --epochs 1 --save common.net
trains 2 --csv 'part-{rank}.csv' --target y --layers 8 --init common.net
says '^for 651 training rows: --batch 32 --epochs 20$'

# ---- Separate files of different length, and fewer rows than processes.
trains 1 $data $few --save few.net
trains 2 --csv 'part-{rank}.csv' --target y $few --init few.net --log own.log
refuses 2 '^lanewise: rank [23]: part-[23].csv: cannot open' \
    4 --csv 'part-{rank}.csv' --target y $few --init few.net
head -n 3 data.csv >few.csv
trains 4 --csv few.csv --target y --batch full --layers 4 --epochs 2 --labels

# ---- An error of all processes is printed once, an error of one by that one.
refuses 1 'lanewise train: --lr: expected' 3 $data --lr none
refuses 1 'lanewise: absent.csv: cannot open' 3 --csv absent.csv --target y
trains 3 $data --batch 2 --epochs 1 --layers 4 # one process has no row
refuses 1 'lanewise: .*absent/net' 2 $data $few --save absent/net
refuses 1 'lower --lr' 2 $data --layers 40 --lr 1e30 --optimizer sgd --loss mse --output linear \
    --values

# ---- A signal to the launcher: the state is saved, though no checkpoint was due.
# shellcheck disable=SC2086
timeout --foreground -s KILL 120 $MPIRUN 2 "$lanewise" train $data --layers 64 --batch 8 \
    --epochs 100000 --checkpoint term.state --checkpoint-every 100000 \
    --log term.log >"$work/out" 2>"$work/err" &
process=$!
tries=0
until [ -s term.log ] || [ $tries -ge 3000 ]; do
    sleep 0.02
    tries=$((tries + 1))
done
[ ! -e term.state ] || fail 'wrote a checkpoint that was not due'
kill -TERM $process
wait $process
case $? in
    0) fail 'an interrupted run exited with 0' ;;
    137) fail 'the run continued' ;;
esac
[ -s term.state ] || fail 'the state was not saved'
trains 2 $data --layers 64 --batch 8 --epochs 1 --quiet --save one.net
refuses 1 'more than --epochs 1' 2 $data --layers 64 --batch 8 --epochs 1 --resume term.state

finish
