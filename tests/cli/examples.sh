# usage: examples.sh BIN_DIR NAME
# An example prints the output that its tutorial shows.
. "${0%/*}/common.sh"

# Tests run in parallel; barriers of several threads are slow on busy processors.
OMP_NUM_THREADS=1
export OMP_NUM_THREADS

case $2 in
and)
    succeeds "$bin/example_and"
    [ "$(grep -c '^epoch' "$work/out")" -eq 10 ] || fail 'expected the losses of ten epochs'
    says '^0 and 0: 0\.00$'
    says '^0 and 1: 0\.08$'
    says '^1 and 0: 0\.08$'
    says '^1 and 1: 0\.90$'
    ;;
xor)
    seed=1
    while [ "$seed" -le 100 ]; do
        succeeds "$bin/example_xor" "$seed"
        says '^4 of 4 right$'
        seed=$((seed + 1))
    done
    ;;
admissions)
    # Synthetic data: better grades are admitted; rank 1 has an advantage.
    awk 'BEGIN { print "admit,gre,gpa,rank"
                 for (i = 0; i < 200; i++)
                     printf "%d,%d,%.2f,%d\n", (i % 20 + 4 * (i % 4 == 0) > 10),
                            400 + 20 * (i % 20), 2.5 + i % 20 / 15, i % 4 + 1 }' >synthetic.csv
    succeeds "$bin/example_admissions" synthetic.csv
    [ "$(grep -c '^epoch' "$work/out")" -eq 10 ] || fail 'expected the losses of ten epochs'
    says '^training: 1[78][0-9] of 180 right$'
    says '^test: (1[89]|20) of 20 right$'
    fails 1 'LW_EIO: absent.csv' "$bin/example_admissions" absent.csv
    fails 2 'Usage' "$bin/example_admissions"
    ;;
circle)
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        succeeds "$bin/example_circle" "$seed"
        grep '^dev loss' "$work/out"
        says '^dev loss 0\.0[01][0-9]+  TP [1-9][0-9]*  FP [0-9]+  TN 19[0-9][0-9]  FN [0-9]+$'
        # The number of listed points is the number of errors.
        awk '/^dev loss/ { wrong = $7 + $11 } /^wrong/ { listed++ } END { exit wrong != listed }' \
            "$work/out" || fail 'not all misclassified points are listed'
    done
    ;;
disk)
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        succeeds "$bin/example_disk" "$seed"
        tail -n 1 "$work/out"
        [ "$(wc -l <"$work/out")" -eq 30 ] || fail 'expected a line for every tenth epoch'
        awk '$1 == "epoch" && $2 == 290 { found = $6 >= 97.0 && $6 <= 99.2 } END { exit !found }' \
            "$work/out" || fail 'accuracy at epoch 290 is not between 97.0 and 99.2'
    done
    ;;
custom_loss)
    succeeds "$bin/example_custom_loss"
    says '^gradient of the loss: error [0-9]e-(09|[1-9][0-9])$'
    says '^gradient of the network: error [0-9]e-0[6-9]$'
    awk '/^step/ { if (seen && $4 >= last) exit 1; last = $4; seen++ } END { exit seen != 10 }' \
        "$work/out" || fail 'the loss does not fall'
    ;;
fashion_mnist)
    write_fashion fashion
    gzip fashion/train-*
    succeeds "$bin/example_fashion_mnist" fashion saved.safetensors
    says '^epoch 20  .*accuracy [0-9.]+ %'
    succeeds "$lanewise" evaluate --model saved.safetensors --data fashion-mnist:fashion
    ;;
*)
    fail "no such example: $2"
    ;;
esac
finish
