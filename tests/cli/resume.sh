# Training that stops and is resumed: --checkpoint, --checkpoint-every and --resume.
. "${0%/*}/common.sh"

awk 'BEGIN { srand(1); print "a,b,y"
             for (i = 0; i < 700; i++) { a = rand(); b = rand()
                 noise = 0.02 * (rand() - 0.5)
                 printf "%.4f,%.4f,%d\n", a, b, ((a - 0.5) * (b - 0.5) + noise > 0) } }' >data.csv
data="--csv data.csv --target y --validation 0.2"

# epochs_of LOG: the epoch numbers of its lines.
epochs_of() {
    sed 's/^{"epoch": \([0-9]*\),.*/\1/' "$1" | tr '\n' ' '
}

# accuracy_after N LOG: the accuracy of epoch N as text.
accuracy_after() {
    sed -n "$1"'s/.*"validation_accuracy": \([0-9.e-]*\),.*/\1/p' "$2"
}

# resumes NAME OPTION...: a run of 6 epochs in one part and in two parts gives the same network and,
# except times, the same log. The first part stops when it reaches the accuracy of the whole run
# after epoch 3.
resumes() {
    name=$1
    shift
    rm -f *.st *.jsonl
    succeeds "$lanewise" train $data --epochs 6 --quiet --save whole.st --log whole.jsonl \
        --threads 1 "$@"
    succeeds "$lanewise" train $data --epochs 6 --quiet --checkpoint part.st --log part.jsonl \
        --threads 2 --until-accuracy "$(accuracy_after 3 whole.jsonl)" "$@"
    stopped=$(wc -l <part.jsonl)
    [ "$stopped" -ge 1 ] && [ "$stopped" -le 3 ] || fail "$name: stopped after $stopped epochs"
    succeeds "$lanewise" train $data --epochs 6 --resume part.st --checkpoint part.st \
        --log part.jsonl --save resumed.st --threads 3 "$@"
    says "^part.st: resumed after $stopped of 6 epochs\$"
    says '^epoch 6/6  '
    [ "$(grep -c '^epoch ' "$work/out")" -eq $((6 - stopped)) ] ||
        fail "$name: not the remaining epochs"
    cmp -s whole.st resumed.st || fail "$name: the resumed run gives another network"
    [ "$(epochs_of part.jsonl)" = '1 2 3 4 5 6 ' ] ||
        fail "$name: epochs in the log: $(epochs_of part.jsonl)"
    cut -d, -f1-4 whole.jsonl >whole.losses
    cut -d, -f1-4 part.jsonl | cmp -s whole.losses - || fail "$name: other losses in the log"
}

for optimizer in sgd momentum nesterov adam adamw; do
    resumes "$optimizer" --optimizer $optimizer --layers 40,24 --batch 32 --lr 0.03
done
resumes 'bf16, step schedule' --precision bf16 --layers 40,24 --batch 32 --schedule step \
    --step-every 2 --step-factor 0.5
resumes 'small network, clipped' --layers 12,6 --batch 32 --lr 0.03 --clip 0.1
resumes 'full batch, constant' --layers 40 --batch full --lr 0.03 --schedule constant
resumes 'in order' --layers 40 --batch 50 --lr 0.03 --no-shuffle

# A killed run has a complete checkpoint; its log may have more epochs.
long="$data --layers 24 --batch 32 --epochs 150 --quiet"
succeeds "$lanewise" train $long --save whole.st
"$lanewise" train $long --checkpoint killed.st --checkpoint-every 3 --log killed.jsonl &
process=$!
while [ ! -e killed.st ] && kill -0 $process 2>/dev/null; do
    sleep 0.01
done
kill -9 $process 2>/dev/null
wait $process 2>/dev/null
printf '{"epoch": 151, "train_loss": 1}\n{"epoch": 15' >>killed.jsonl
succeeds "$lanewise" train $long --resume killed.st --checkpoint killed.st --log killed.jsonl \
    --save resumed.st
cmp -s whole.st resumed.st || fail 'the resumed run gives another network'
seq -s ' ' 150 >"$work/numbers"
[ "$(epochs_of killed.jsonl)" = "$(cat "$work/numbers") " ] ||
    fail "epochs in the log of the killed run: $(epochs_of killed.jsonl)"

# Checkpoints after every third epoch and the last one.
small="--csv data.csv --target y --layers 8"
for epochs in 5 6 7; do
    succeeds "$lanewise" train $small --epochs $epochs --schedule constant --quiet \
        --checkpoint every.st --checkpoint-every 3 --save plain.st
    succeeds "$lanewise" train $small --epochs 9 --resume every.st
    says "^every.st: resumed after $epochs of 9 epochs\$"
done
succeeds "$lanewise" evaluate --model every.st --csv data.csv --target y
# A limit on file sizes ends a run when its log has 2048 bytes: between epochs 11 and 19.
sh -c "ulimit -f 4 && exec $lanewise train --csv data.csv --target y --layers none --epochs 30 \
    --quiet --checkpoint tenth.st --checkpoint-every 10 --log limited.jsonl" >/dev/null 2>&1
succeeds "$lanewise" train --csv data.csv --target y --layers none --epochs 30 --resume tenth.st
says '^tenth.st: resumed after 10 of 30 epochs$'

# A complete run is not trained further, and its log does not change.
succeeds "$lanewise" train $small --epochs 7 --schedule constant --quiet --log whole.jsonl \
    --save whole.st
cp whole.jsonl before.jsonl
succeeds "$lanewise" train $small --epochs 7 --schedule constant --resume every.st \
    --log whole.jsonl --save again.st
says '^every.st: done, after 7 of 7 epochs$'
says '^training loss '
grep -q '^epoch ' "$work/out" && fail 'a complete run was trained on'
cmp -s whole.st again.st || fail 'a complete run gives another network'
cmp -s whole.jsonl before.jsonl || fail 'the log of a complete run has changed'
succeeds "$lanewise" train $small --epochs 7 --schedule constant --resume every.st --quiet
[ "$(wc -l <"$work/out")" -eq 1 ] || fail '--quiet shows more than the result'

# An incomplete line of the log is removed.
printf '{"epoch": 1' >>whole.jsonl
succeeds "$lanewise" train $small --epochs 8 --schedule constant --resume every.st --log whole.jsonl
[ "$(epochs_of whole.jsonl)" = '1 2 3 4 5 6 7 8 ' ] ||
    fail "epochs after an incomplete line: $(epochs_of whole.jsonl)"

# A run that has reached --until-accuracy is not trained further.
accuracy="$data --layers 24 --epochs 50 --until-accuracy 0.5"
succeeds "$lanewise" train $accuracy --checkpoint accurate.st --checkpoint-every 50 \
    --save accurate.net
succeeds "$lanewise" train $accuracy --resume accurate.st --save again.net
says '^accurate.st: done, after [0-9]+ of 50 epochs$'
cmp -s accurate.net again.net || fail 'a run that had reached its accuracy was trained further'

# Options that do not match the checkpoint.
mismatch() {
    message=$1
    shift
    fails 1 "^lanewise: every.st: $message" "$lanewise" train $small --resume every.st \
        --save new.st --log new.jsonl "$@"
}
mismatch '7 epochs are done, more than --epochs 6' --epochs 6
mismatch '.*--optimizer adam; it cannot be resumed with --optimizer adamw' --optimizer adamw
mismatch '.*--optimizer adam; it cannot be resumed with --optimizer nesterov' --optimizer nesterov
mismatch '.*--seed 1; it cannot be resumed with --seed 2' --seed 2
mismatch '.* 154 steps in 7 epochs and 0 steps, but an epoch has 7 steps here;' --batch 100
mismatch '.* 154 steps in 7 epochs and 0 steps, but an epoch has 1 steps here;' --batch full
mismatch '.* 154 steps in 7 epochs and 0 steps, but an epoch has 18 steps here;' --validation 0.2
mismatch '.*fp32.*bf16' --precision bf16
mismatch 'layer 0 of the state is 2-8, of the network 2-9' --layers 9
mismatch '.*relu.*tanh' --activation tanh
fails 1 '^lanewise: plain.st: .*lw_net_save_state' "$lanewise" train $small --resume plain.st
fails 1 '^lanewise: absent.st: ' "$lanewise" train $small --resume absent.st
head -c 900 every.st >short.st
fails 1 '^lanewise: short.st: ' "$lanewise" train $small --resume short.st
succeeds "$lanewise" train $small --epochs 2 --optimizer sgd --checkpoint sgd.st --quiet
fails 1 'sgd.st: .*--optimizer sgd; it cannot be resumed with --optimizer momentum' \
    "$lanewise" train $small --epochs 4 --resume sgd.st --optimizer momentum
for path in nowhere/out data.csv/out; do
    fails 1 "$path.st: " "$lanewise" train $small --checkpoint "$path.st"
    fails 1 "$path.jsonl: " "$lanewise" train $small --resume every.st --log "$path.jsonl"
done
fails 2 '--checkpoint-every requires --checkpoint' "$lanewise" train $small --checkpoint-every 2
fails 2 '--checkpoint-every: expected .* at least 1' "$lanewise" train $small --checkpoint c \
    --checkpoint-every 0
fails 2 '--resume and --init' "$lanewise" train $small --resume every.st --init every.st
fails 2 '--checkpoint and --save name the same file' "$lanewise" train $small --checkpoint a \
    --save a

# A run that diverges keeps its last checkpoint.
printf 'a,y\n1000,1000\n-1000,5000\n' >steep.csv
run "$lanewise" train --csv steep.csv --target y --values --no-standardize --optimizer sgd \
    --lr 1000 --epochs 100 --quiet --checkpoint steep.st
[ "$code" -eq 1 ] || fail "exit code $code of a run that diverges"
if [ -e steep.st ]; then
    succeeds "$lanewise" evaluate --model steep.st --csv steep.csv
fi

finish
