# Training ended by a signal or by an output that cannot be written: checkpoint, message, exit code.
. "${0%/*}/common.sh"

awk 'BEGIN { srand(1); print "a,b,y"
             for (i = 0; i < 20000; i++) { a = rand(); b = rand()
                 printf "%.4f,%.4f,%d\n", a, b, ((a - 0.5) * (b - 0.5) > 0) } }' >data.csv
# With epochs of 20000 steps, signals usually arrive inside an early epoch.
long="--csv data.csv --target y --layers 64,64 --batch 1 --epochs 8 --threads 1 --lr 0.0001"

# wait_for FILE: until it exists, at most a minute.
wait_for() {
    tries=0
    while [ ! -e "$1" ] && [ $tries -lt 6000 ]; do
        sleep 0.01
        tries=$((tries + 1))
    done
}

# ends_by SIGNAL CODE: sends the signal to $process, which must exit with the code.
ends_by() {
    checks=$((checks + 1))
    kill -"$1" "$process" 2>"$work/kill" # the process may have ended
    { wait "$process"; } 2>/dev/null
    code=$?
    [ "$code" -eq "$2" ] || fail "exit code $code after SIG$1, expected $2"
}

# warns PATTERN: stderr of the last run must have a matching line.
warns() {
    checks=$((checks + 1))
    grep -Eq -- "$1" "$work/err" || fail "no message like '$1'"
}

# SIGTERM inside an epoch, then the rest of the run.
"$lanewise" train $long --checkpoint part.st --save part.net --log part.jsonl >"$work/out" \
    2>"$work/err" &
process=$!
wait_for part.st
sleep 0.1 # until it is complete
ends_by TERM 143
stopped='^lanewise: stopped by SIGTERM after [1-7] of 8 epochs( and [0-9]+ steps)?'
warns "$stopped; network saved to part.net; resume with --resume part.st\$"
[ "$(wc -l <"$work/err")" -eq 1 ] || fail 'more than one line of messages'
done=$(sed 's/.* after \([1-7]\) of 8 .*/\1/' "$work/err")
[ "$(wc -l <part.jsonl)" -eq "$done" ] || fail "the log does not have $done epochs"
succeeds "$lanewise" evaluate --model part.net --csv data.csv --target y
succeeds "$lanewise" train $long --resume part.st --checkpoint part.st --log part.jsonl
says "^part.st: resumed after $done of 8 epochs( and [0-9]+ steps)?\$"
says "^epoch $((done + 1))/8  "
succeeds "$lanewise" train $long --quiet --checkpoint whole.st --log whole.jsonl
cmp -s part.st whole.st || fail 'the interrupted run ended in another state'
cut -d, -f1-4 whole.jsonl >whole.losses
cut -d, -f1-4 part.jsonl | cmp -s whole.losses - ||
    fail 'the log of the interrupted run has other losses'

# Two signals; no --checkpoint; a signal while data are read, which ends the command at once.
"$lanewise" train $long --epochs 100000 --log one.jsonl >"$work/out" 2>"$work/err" &
process=$!
wait_for one.jsonl
kill -TERM $process
ends_by TERM 143
"$lanewise" train $long --epochs 100000 --log two.jsonl --quiet >"$work/out" 2>"$work/err" &
process=$!
wait_for two.jsonl
sleep 0.1
ends_by TERM 143
stopped='^lanewise: stopped by SIGTERM after [0-9]+ of 100000 epochs.*'
warns "$stopped; it cannot be resumed without --checkpoint\$"
mkfifo pipe.csv
"$lanewise" train --csv pipe.csv --target y --save never >"$work/out" 2>"$work/err" &
process=$!
sleep 0.1
ends_by TERM 143
[ ! -s "$work/err" ] && [ ! -e never ] ||
    fail 'a run that had not started prints or writes something'

# Background processes of a shell ignore SIGINT; the command keeps that.
"$lanewise" train $long --epochs 1 --log three.jsonl --quiet >"$work/out" 2>"$work/err" &
process=$!
sleep 0.1
ends_by INT 0

# Standard output is not read: the run blocks, and writes its checkpoint when it is ended.
mkfifo full.pipe
sleep 600 <full.pipe &
reader=$!
"$lanewise" train --csv data.csv --target y --layers 4 --batch full --epochs 1000000 \
    --checkpoint full.st --checkpoint-every 1000000 --log full.jsonl >full.pipe 2>"$work/err" &
process=$!
wait_for full.jsonl
before=-1
until [ "$(wc -l <full.jsonl)" -eq $before ]; do
    before=$(wc -l <full.jsonl)
    sleep 0.5
done
[ "$before" -gt 100 ] && [ ! -e full.st ] || fail "the output is full after $before epochs"
kill -TERM $process
wait_for full.st
[ -s full.st ] || fail 'no checkpoint was written'
kill $reader
{ wait $process; } 2>/dev/null
code=$?
[ "$code" -eq 143 ] || fail "exit code $code after SIGTERM"
warns '^lanewise: stopped by SIGTERM after [0-9]+ of 1000000 epochs; resume with --resume full.st$'

# A closed pipe, a closed output, a full disk: the checkpoint of the epoch is written, with a
# message.
small="--csv data.csv --target y --layers 8 --epochs 50"
(
    "$lanewise" train $small --checkpoint pipe.st --checkpoint-every 50 2>"$work/err"
    echo $? >"$work/code"
) | true
[ "$(cat "$work/code")" -eq 1 ] || fail "exit code $(cat "$work/code") without a reader"
failed='^lanewise: standard output: cannot write:'
warns "$failed Broken pipe; the last checkpoint is after [0-9]+ of 50 epochs\$"
succeeds "$lanewise" train $small --resume pipe.st
says '^pipe.st: resumed after [0-9]+ of 50 epochs$'
run sh -c "exec $lanewise train $small --checkpoint closed.st >&-"
[ "$code" -eq 1 ] || fail "exit code $code with a closed output"
warns "$failed .*; the last checkpoint is after 1 of 50 epochs\$"
if [ -w /dev/full ]; then
    run sh -c "exec $lanewise train $small --checkpoint full.st >/dev/full"
    [ "$code" -eq 1 ] || fail "exit code $code with a full output"
    warns "$failed No space left on device; the last checkpoint is"
fi

# A loss that is not finite: the last checkpoint is kept and named.
printf 'a,y\n1000,1000\n-1000,5000\n' >steep.csv
run "$lanewise" train --csv steep.csv --target y --values --no-standardize --layers none \
    --optimizer sgd --lr 0.001 --batch full --schedule constant --epochs 100 --quiet \
    --checkpoint steep.st
[ "$code" -eq 1 ] || fail "exit code $code of a run that diverges"
diverged='^lanewise: epoch [0-9]+, batch 1: the loss is not finite: .*; lower --lr, .* --clip'
warns "$diverged; the last checkpoint is after [0-9]+ of"
succeeds "$lanewise" evaluate --model steep.st --csv steep.csv

ls -A | grep tmp >"$work/out" && fail 'files left over'
finish
