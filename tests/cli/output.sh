# The output of training, in a file and on a terminal, and the log.
. "${0%/*}/common.sh"

write_xor
data="--x x.npy --y y.npy --test-x x.npy --test-y y.npy --layers 4 --epochs 3"

# In a file: one line per epoch and the result, no status line.
succeeds "$lanewise" train $data
losses='train loss [0-9.]+  validation loss [0-9.]+  accuracy [0-9.]+ %'
says "^epoch 2/3  $losses  [0-9.]+ s  [0-9]+ samples/s\$"
tr -d '\n' <"$work/out" | grep -q '[[:cntrl:]]' && fail 'control characters in a file'
says '^for 4 training rows: --batch 32$'
[ "$(wc -l <"$work/out")" -eq 7 ] ||
    fail "expected a default, the data in two lines, three epochs and a result, no curves"
succeeds "$lanewise" train $data --quiet
[ "$(wc -l <"$work/out")" -eq 1 ] || fail '--quiet shows more than the result'

# --until-accuracy stops after the first epoch that reaches the accuracy (0.75 of four rows is
# exact), runs all epochs if none does, and fails without classes.
learn="--x x.npy --y y.npy --test-x x.npy --test-y y.npy --layers 16 --batch full --lr 0.02"
for accuracy in 0.75 1; do
    succeeds "$lanewise" train $learn --epochs 500 --until-accuracy $accuracy
    awk -v min="$accuracy" '
        /^epoch/ { if (reached) late++
                   for (i = 1; i < NF; i++) if ($i == "accuracy") reached = $(i + 1) >= 100 * min
                   epochs++ }
        END { exit !(reached && !late && epochs < 500) }' "$work/out" ||
        fail "not the first epoch of accuracy $accuracy"
    says '^test loss '
done
npy '<f4' '(4, 2)' "$f0$f0$f0$f0$f0$f0$f0$f0" >zeros.npy
succeeds "$lanewise" train --x zeros.npy --y y.npy --test-x zeros.npy --test-y y.npy --layers 4 \
    --epochs 3 --until-accuracy 0.75
[ "$(grep -c '^epoch' "$work/out")" -eq 3 ] || fail 'expected all epochs'
npy '<f4' '(4,)' "$f0$f1$half$f0" >values.npy
run "$lanewise" train --x x.npy --y values.npy --test-x x.npy --test-y values.npy --layers 4 \
    --quiet --until-accuracy 0.75
[ "$code" -eq 1 ] || fail "exit code $code for values with --until-accuracy"
grep -q '^lanewise: --until-accuracy requires classes' "$work/err" || fail 'no message about values'

# Batch and epochs by the number of training rows, unless given.
rows_of() { awk -v n="$1" 'BEGIN { print "a,y"; for (i = 0; i < n; i++) print i % 7 "," i % 2 }'; }
chooses() {
    rows_of "$1" >rows.csv
    expected=$2
    shift 2
    succeeds "$lanewise" train --csv rows.csv --target y --layers none "$@"
    checks=$((checks + 1))
    if [ -n "$expected" ]; then
        says "^$expected\$"
    elif grep -q '^for ' "$work/out"; then
        fail 'options are chosen although both are given'
    fi
}
chooses 64 'for 64 training rows: --batch 32 --epochs 100'
chooses 320 'for 320 training rows: --batch 32 --epochs 30'
chooses 1999 'for 1999 training rows: --batch 32 --epochs 20'
chooses 2000 'for 2000 training rows: --batch 128 --epochs 20'
chooses 320 'for 256 training rows: --batch 32 --epochs 38' --validation 0.2
chooses 320 'for 320 training rows: --epochs 100' --batch full
chooses 320 'for 320 training rows: --batch 32' --epochs 3
chooses 320 '' --batch 64 --epochs 3
rm rows.csv

# The log: strict JSON, one line per epoch, with decimal points in every locale.
number='-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?'
value="($number|null)"
object="^\{\"epoch\": [1-9][0-9]*, \"train_loss\": $value, \"validation_loss\": $value,"
object="$object \"validation_accuracy\": $value, \"seconds\": $value,"
object="$object \"samples_per_second\": $value\}\$"
check_log() {
    checks=$((checks + 1))
    [ "$(grep -Ec "$object" "$1")" -eq 3 ] && [ "$(wc -l <"$1")" -eq 3 ] || {
        cp "$1" "$work/out"
        fail "$1 is not three JSON objects"
    }
}
printf 'an older log\n' >log.jsonl
succeeds env LC_ALL=de_DE.UTF-8 "$lanewise" train $data --log log.jsonl
check_log log.jsonl
grep -q null log.jsonl && fail 'null although there are validation data'
succeeds "$lanewise" train --x x.npy --y y.npy --layers 4 --epochs 3 --log plain.jsonl
check_log plain.jsonl
[ "$(grep -c '"validation_loss": null, "validation_accuracy": null' plain.jsonl)" -eq 3 ] ||
    fail 'expected null without validation data'
run sh -c "$lanewise train $data --quiet --log /dev/stdout | cat"
[ "$(grep -Ec "$object" "$work/out")" -eq 3 ] || fail 'a log that is not a regular file'

# A full disk is an error.
if [ -w /dev/full ]; then
    run "$lanewise" train $data --log /dev/full
    [ "$code" -eq 1 ] || fail "exit code $code with a full log"
    grep -q '^lanewise: /dev/full: ' "$work/err" || fail 'no message about a full log'
    checks=$((checks + 1))
    "$lanewise" info >/dev/full 2>"$work/err" && fail 'a full standard output is no error'
fi

# On a terminal: a status line with rate and time left; the lines of the epochs stay.
if script -qec true /dev/null >/dev/null 2>&1; then
    awk 'BEGIN { print "a,b,y"
                 for (i = 0; i < 20000; i++) printf "%d,%d,%d\n", i % 7, i % 5, i % 2 }' >long.csv
    run script -qec "$lanewise train --csv long.csv --target y --layers 32 --epochs 3" /dev/null
    [ "$code" -eq 0 ] || fail "exit code $code on a terminal"
    tr '\r' '\n' <"$work/out" >"$work/lines"
    mv "$work/lines" "$work/out"
    says '^epoch [123]/3 +[0-9]+ %  [0-9]+ samples/s  [0-9]+:[0-5][0-9] left *$'
    [ "$(grep -c '^epoch ./3  train loss' "$work/out")" -eq 3 ] || fail 'the epochs do not stay'

    # Finally the curves, in characters of the locale and as wide as the terminal allows.
    show() {
        run script -qec "stty cols $1; LC_ALL=$2 $lanewise train $data --epochs $3 --lr 0.02 $4" \
            /dev/null
        [ "$code" -eq 0 ] || fail "exit code $code on a terminal of $1 columns"
        tr '\r' '\n' <"$work/out" >"$work/lines"
        mv "$work/lines" "$work/out"
    }
    show 100 C 30 ''
    number='[0-9]+[.][0-9][0-9]'
    line='[-.:=+*#@]{30}'
    loss="${number}.. -> ${number}.. .best ${number}.. in epoch [0-9]+."
    says "^training loss    $line  $loss\$"
    says "^validation loss  $line  $loss\$"
    accuracy="$number % -> $number % .best $number % in epoch [0-9]+."
    says "^accuracy         $line  $accuracy\$"
    show 100 C.UTF-8 30 ''
    blocks='(\xe2\x96[\x81-\x88]){30}'
    checks=$((checks + 1))
    LC_ALL=C grep -Pq "^training loss    $blocks  [0-9]" "$work/out" || fail 'no blocks in UTF-8'
    show 300 C 200 ''
    says '^training loss    [-.:=+*#@]{60}  [0-9]'
    show 80 C 200 ''
    says '^accuracy         [-.:=+*#@]{10,20}  [0-9]'
    awk 'length > 80 && !/samples/ { exit 1 }' "$work/out" || fail 'curves wider than the terminal'
    show 100 C 30 --quiet
    grep -q '[-.:=+*#@]{9}' "$work/out" && fail '--quiet shows curves'
    show 100 C 1 ''
    grep -q '^training loss' "$work/out" && fail 'a curve of one epoch'
else
    echo "skipped: no script command, or no pseudo-terminal for it"
fi

finish
