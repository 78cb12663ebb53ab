# Cross-validation: --folds.
. "${0%/*}/common.sh"

# Two classes, separated by a line; the same inputs with labels that do not depend on them.
awk 'BEGIN { srand(2); print "a,b,y"
             for (i = 0; i < 203; i++) { a = rand(); b = rand()
                 printf "%.4f,%.4f,%d\n", a, b, (a + b > 1) } }' >line.csv
awk -F, -v OFS=, 'BEGIN { srand(3) } NR > 1 { $3 = (rand() > 0.5) } { print }' line.csv >noise.csv

# recomputes WORD BOUND: the mean and deviation after WORD in the last line are those of the folds,
# up to BOUND, which is above the rounding of the output.
recomputes() {
    checks=$((checks + 1))
    awk -v mark="$1" -v bound="$2" '
        function value(i, j) { for (i = 1; i < NF; i++) if ($i == mark) return i + 1 }
        function near(x, y) { return x - y < bound && y - x < bound }
        /^fold / { x[++n] = $(value()); sum += x[n] }
        /^[0-9]+ folds / { mean = $(value()); deviation = $(value() + 2) }
        END { for (i = 1; i <= n; i++) squares += (x[i] - sum / n) ^ 2
              exit !(n > 1 && near(mean, sum / n) && near(deviation, sqrt(squares / (n - 1)))) }' \
        "$work/out" || fail "mean and deviation of $1"
}

succeeds "$lanewise" train --csv line.csv --target y --folds 5 --layers 32 --lr 0.01
says '^for 162 training rows: --batch 32 --epochs 50$'
[ "$(grep -c '^fold [1-5]/5  test loss 0\.[0-9]*  accuracy [0-9.]* %$' "$work/out")" -eq 5 ] ||
    fail 'not five folds'
says '^5 folds  test loss 0\.[0-9]{4} \+- 0\.[0-9]{4}  accuracy 9[0-9]\.[0-9]{2} \+- [0-9.]+ %$'
recomputes loss 0.0002
recomputes accuracy 0.02
cp "$work/out" whole
succeeds "$lanewise" train --csv line.csv --target y --folds 5 --layers 32 --lr 0.01 --threads 3
cmp -s whole "$work/out" || fail 'another number of threads gives other results'
succeeds "$lanewise" train --csv line.csv --target y --folds 5 --layers 32 --lr 0.01 --quiet
tail -n 1 whole | cmp -s - "$work/out" || fail '--quiet prints another result'
succeeds "$lanewise" train --csv line.csv --target y --folds 5 --layers 32 --lr 0.01 --seed 2
cmp -s whole "$work/out" && fail 'another seed gives the same folds'

# An overfitted network is right on about half of the others.
succeeds "$lanewise" train --csv noise.csv --target y --folds 4 --epochs 400 --lr 0.01 --quiet
awk '{ for (i = 1; i < NF; i++) if ($i == "accuracy") exit !($(i + 1) > 35 && $(i + 1) < 65) }' \
    "$work/out" || fail 'test rows were trained on'

# Values; one row per fold.
succeeds "$lanewise" train --csv line.csv --target b --values --folds 2 --layers none --epochs 5
says '^2 folds  test loss [0-9.]+ \+- [0-9.]+  R2 -?[0-9.]+ \+- [0-9.]+$'
# Each fold knows the categories of its training rows only: once, the only "rare" is held out.
awk -F, -v OFS=, '{ print $0, NR == 1 ? "c" : NR == 9 ? "rare" : NR % 2 ? "odd" : "even" }' \
    line.csv >category.csv
run "$lanewise" train --csv category.csv --target y --folds 4 --layers 8 --epochs 2 --quiet
[ "$(grep -c "the first 'rare' in column 'c'" "$work/err")" -eq 1 ] || fail "rare was known"
head -n 9 line.csv >eight.csv
succeeds "$lanewise" train --csv eight.csv --target y --folds 8 --layers none --epochs 1 \
    --batch full
[ "$(grep -c '^fold ' "$work/out")" -eq 8 ] || fail 'not eight folds'

fails 1 '^lanewise: --folds 9 needs at least as many rows; there are 8$' \
    "$lanewise" train --csv eight.csv --target y --folds 9
fails 2 '--folds: expected an integer of at least 2' \
    "$lanewise" train --csv line.csv --target y --folds 1
for option in save checkpoint resume init log report; do
    fails 2 "--folds and --$option cannot be combined" \
        "$lanewise" train --csv line.csv --target y --folds 3 "--$option" file
done
for option in until-accuracy validation; do
    fails 2 "--folds and --$option cannot be combined" \
        "$lanewise" train --csv line.csv --target y --folds 3 "--$option" 0.5
done
fails 2 '--folds and --data cannot' "$lanewise" train --data fashion-mnist --folds 3
finish
