# Early stopping (--patience) and validation rows of another file (--test-csv).
. "${0%/*}/common.sh"

# Labels at random: the validation loss rises while the network fits them.
awk 'BEGIN { srand(5); print "a,b,c,y"
             for (i = 0; i < 120; i++) printf "%.4f,%.4f,%.4f,%d\n", rand(), rand(), rand(),
                 (rand() > 0.5) }' >all.csv
awk 'NR == 1 || NR <= 81' all.csv >train.csv
awk 'NR == 1 || NR > 81' all.csv >test.csv
# Other order of the columns, one more, and classes that would be numbered otherwise by themselves.
awk -F, -v OFS=, '{ print $4, $2, $1, "x", $3 }' test.csv >mixed.csv

learn="--csv train.csv --target y --layers 64 --lr 0.01 --epochs 200"
succeeds "$lanewise" train $learn --test-csv test.csv --patience 5 --save stopped --log log
says '^lowest validation loss after epoch [0-9]+ of [0-9]+; the weights are those$'
epochs=$(grep -c . log)
[ "$epochs" -lt 200 ] || fail 'not stopped'
best=$(sed -n 's/^lowest validation loss after epoch \([0-9]*\) .*/\1/p' "$work/out")
[ $((best + 5)) -eq "$epochs" ] || fail "best epoch $best of $epochs with patience 5"
awk -F'"validation_loss":' -v best="$best" '
    { split($2, part, ","); if (NR == 1 || part[1] + 0 < low) { low = part[1] + 0; at = NR } }
    END { exit at != best }' log || fail 'not the epoch of the lowest loss'
tail -n 1 "$work/out" >result
sed -n 's/^test loss \([0-9.]*\) .*/\1/p' result >lowest
grep -q "\"validation_loss\": *$(cut -c 1-5 lowest)" log ||
    fail 'the result is not that of the best epoch'
succeeds "$lanewise" evaluate --model stopped --csv test.csv
grep "^loss  *$(cut -c 1-5 lowest)" "$work/out" >found || fail 'the saved model is not the best one'

# The weights are those of a run that ends at the best epoch, with the same bits.
succeeds "$lanewise" train --csv train.csv --target y --layers 64 --lr 0.01 --schedule constant \
    --epochs 200 --test-csv test.csv --patience 5 --quiet --save stopped
succeeds "$lanewise" train --csv train.csv --target y --layers 64 --lr 0.01 --schedule constant \
    --epochs 200 --test-csv test.csv --patience 5 --log again
best=$(sed -n 's/^lowest validation loss after epoch \([0-9]*\) .*/\1/p' "$work/out")
succeeds "$lanewise" train --csv train.csv --target y --layers 64 --lr 0.01 --schedule constant \
    --epochs "$best" --quiet --save short
cmp -s stopped short || fail 'the weights are not those after the best epoch'

# Columns of --test-csv are found by name.
succeeds "$lanewise" train $learn --test-csv test.csv --patience 5 --quiet
cp "$work/out" want
run "$lanewise" train $learn --test-csv mixed.csv --patience 5 --quiet
grep -q '1 column ignored' "$work/err" || fail 'no note of a column'
cmp -s want "$work/out" || fail 'columns in another order'
cut -d, -f 1-3 test.csv >without.csv
fails 1 "without.csv: .*'y'" "$lanewise" train $learn --test-csv without.csv
finish
