# train, evaluate and predict agree on small data in every input format.
. "${0%/*}/common.sh"

xor="--layers 32 --activation tanh --batch full --epochs 400 --lr 0.03 --seed 3"

# .npy and CSV files with the same numbers give the same network; what it knows of its data differs.
write_xor
succeeds "$lanewise" train --x x.npy --y y.npy $xor --save npy.safetensors
says '^training loss 0\.0[0-9]+  accuracy 100\.00 %$'
printf 'a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n' >xor.csv
succeeds "$lanewise" train --csv xor.csv --target y $xor --save csv.safetensors
succeeds "$lanewise" predict --model npy.safetensors --x x.npy --out npy.npy
succeeds "$lanewise" predict --model csv.safetensors --csv xor.csv --out csv.npy
cmp -s npy.npy csv.npy || fail '.npy and CSV give different networks'

# The number of threads does not change a bit; a seed does.
succeeds "$lanewise" train --x x.npy --y y.npy $xor --threads 3 --save again.safetensors
cmp -s npy.safetensors again.safetensors || fail 'three threads give a different network'
succeeds "$lanewise" train --x x.npy --y y.npy $xor --seed 4 --save other.safetensors
cmp -s npy.safetensors other.safetensors && fail 'another seed gives the same network'

# bf16 trains another network to the same accuracy.
succeeds "$lanewise" train --x x.npy --y y.npy $xor --precision bf16 --save bf16.safetensors
says '^training loss 0\.0[0-9]+  accuracy 100\.00 %$'
cmp -s npy.safetensors bf16.safetensors && fail 'bf16 gives the same network as fp32'

succeeds "$lanewise" evaluate --model npy.safetensors --x x.npy --y y.npy
says '^rows +4$'
says '^accuracy +100\.00 % \(4 right\)$'
says '2 true positive, 0 false positive, 2 true negative, 0 false negative'
says '^0 \| 2 0$'
says '^1 \| 0 2$'

succeeds "$lanewise" predict --model npy.safetensors --x x.npy --out classes.csv --classes
printf 'y\n0\n1\n1\n0\n' | cmp -s - classes.csv || fail 'classes.csv is not XOR'
succeeds "$lanewise" predict --model npy.safetensors --csv xor.csv --target y --out fromcsv.csv
succeeds "$lanewise" predict --model npy.safetensors --x x.npy --out outputs.csv
cmp -s fromcsv.csv outputs.csv || fail 'inputs from CSV and .npy give different outputs'
printf 'a,b\n0,0\n0,1\n1,0\n1,1\n' >inputs.csv
succeeds "$lanewise" predict --model npy.safetensors --csv inputs.csv --out fromcsv.csv
cmp -s fromcsv.csv outputs.csv ||
    fail 'inputs from a CSV file without a target give different outputs'
awk -F, 'NR == 1 { wrong += $0 != "y,y=0,y=1" }
         NR > 1 { wrong += $1 != !(NR == 2 || NR == 5) || ($2 > 0.5) != (NR == 2 || NR == 5)
                  wrong += $2 + $3 < 0.999999 || $2 + $3 > 1.000001 }
         END { exit NR != 5 || wrong > 0 }' outputs.csv || fail 'outputs.csv is not XOR'

# A replaced file keeps its permissions, and a symbolic link to it stays a link.
printf 'old\n' >kept.csv
chmod 604 kept.csv
ln -s kept.csv link.csv
succeeds "$lanewise" predict --model npy.safetensors --x x.npy --out link.csv
[ -L link.csv ] && [ "$(stat -c %a kept.csv)" = 604 ] || fail 'a link or permissions were replaced'
cmp -s kept.csv outputs.csv || fail 'another result through a link'

# A file that exceeds the size limit after the first buffer: the old file stays.
# Not under ThreadSanitizer, which itself ends at the limit.
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 2000; i++) print i % 2 "," i % 3 % 2 ",0" }' >many.csv
limited="trap '' XFSZ && ulimit -f 30 &&
    exec $lanewise predict --model npy.safetensors --csv many.csv --target y --out link.csv"
[ -n "${TSAN_OPTIONS:-}" ] ||
    fails 1 '^lanewise: link.csv: cannot write: File too large$' sh -c "$limited"
[ "$(ls -A | grep -c '[.]tmp')" -eq 0 ] || fail 'a file was left behind'

# Classes written as .npy can be used as labels: accuracy is 100 %.
succeeds "$lanewise" predict --model npy.safetensors --x x.npy --out classes.npy --classes
succeeds "$lanewise" evaluate --model npy.safetensors --x x.npy --y classes.npy
says '^accuracy +100\.00 %'
# Data without the highest classes are accepted.
npy '<i4' '(4,)' "$i0$i0$i0$i0" >zeros.npy
succeeds "$lanewise" evaluate --model npy.safetensors --x x.npy --y zeros.npy
says '^accuracy +50\.00 %'
# Outputs written as .npy can be used as targets: the squared error is 0.
succeeds "$lanewise" predict --model npy.safetensors --x x.npy --out outputs.npy
succeeds "$lanewise" evaluate --model npy.safetensors --x x.npy --y outputs.npy --loss mse
says '^loss +0\.000000$'

# --init starts from saved weights.
succeeds "$lanewise" train --x x.npy --y y.npy $xor --epochs 1 --lr 1e-9 --init npy.safetensors
says '^training loss 0\.0[0-9]+  accuracy 100\.00 %$'

# A regression on columns that are expanded and standardised: y = 2 a + 3 for c = yes.
awk 'BEGIN { print "a,c,y"
             for (i = 0; i < 60; i++)
                 printf "%d,%s,%d\n", i, i % 2 ? "yes" : "no", 2 * i + 3 * (i % 2) }' \
    >line.csv
line="--csv line.csv --target y --one-hot c --standardize=a"
succeeds "$lanewise" train $line --task regression --numeric a --layers none --optimizer sgd \
    --lr 0.1 --schedule constant --batch 10 --epochs 200 --validation 0.2 --save line.safetensors
says '^epoch 200/200  train loss 0\.0000  validation loss 0\.0000  [0-9.]+ s  [0-9]+ samples/s$'
says '^test loss 0\.0000$'
says '^y: RMSE .* R2 1\.0000$'
succeeds "$lanewise" evaluate --model line.safetensors --csv line.csv
says '^loss +0\.00000[0-9]$'
says '^y: RMSE .* R2 1\.0000$'
grep -q accuracy "$work/out" && fail 'a regression has no accuracy'

# One sigmoid output for two classes named by texts.
awk 'BEGIN { print "a,y"; for (i = 0; i < 40; i++) printf "%d,%s\n", i, i < 20 ? "low" : "high" }' \
    >names.csv
succeeds "$lanewise" train --csv names.csv --target y --numeric a --output sigmoid --layers none \
    --lr 0.5 --epochs 50 --save names.safetensors
says '^training loss 0\.[0-9]+  accuracy 100\.00 %$'
succeeds "$lanewise" predict --model names.safetensors --csv names.csv --out names_out.csv
head -n 1 names_out.csv | grep -qx 'y,y=high,y=low' || fail 'the columns of two classes'

# IDX files, plain and compressed.
write_fashion fashion
succeeds "$lanewise" train --data fashion-mnist:fashion --layers 8 --epochs 60 --lr 0.05 \
    --save idx.safetensors
says '^test loss 0\.[0-9]+  accuracy 100\.00 %$'
succeeds "$lanewise" evaluate --model idx.safetensors --data fashion-mnist:fashion
says '^accuracy +100\.00 % \(2 right\)$'
succeeds "$lanewise" predict --model idx.safetensors --data fashion-mnist:fashion \
    --classes --out idx.csv
printf 'y\n0\n1\n' | cmp -s - idx.csv || fail 'idx.csv'

[ "$(find . -name '*.*.*' ! -name '*.gz' | wc -l)" -eq 0 ] || fail 'temporary files were left'

# Every choice of every option trains.
for choice in 'optimizer sgd' 'optimizer momentum' 'optimizer nesterov' 'optimizer adamw' \
    'schedule step' 'schedule constant' 'initializer zeros' 'initializer normal' \
    'initializer uniform' 'initializer xavier' 'initializer he' 'activation leaky_relu' \
    'activation sigmoid' 'activation gelu' 'activation silu' 'activation linear' 'loss mse' \
    'loss half-mse' 'loss sse' 'output sigmoid' 'output tanh' 'clip 0.5' 'weight-decay 0.1' \
    'batch 3'; do
    succeeds "$lanewise" train --x x.npy --y y.npy --layers 4 --epochs 2 --quiet \
        --no-shuffle "--${choice% *}" "${choice#* }"
    says '^training loss [0-9.]+  accuracy [0-9.]+ %$'
done

finish
