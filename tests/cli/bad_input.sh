# Bad input: exit code 1 and a message that names the file and the position in it. No file is
# created or changed.
. "${0%/*}/common.sh"

write_xor
write_fashion fashion
printf 'a,b,y\n1,2,0\n3,4,1\n5,6,0\n' >good.csv
succeeds "$lanewise" train --x x.npy --y y.npy --layers 4 --epochs 1 --quiet \
    --save model.safetensors
printf 'an older log\n' >old.jsonl

# train_fails MESSAGE DATA...: runs train with all output options.
train_fails() {
    message=$1
    shift
    fails 1 "^lanewise: $message" "$lanewise" train --layers 4 --epochs 1 \
        --save new.safetensors --log new.jsonl "$@"
    fails 1 "^lanewise: $message" "$lanewise" train --layers 4 --epochs 1 --log old.jsonl "$@"
}

# Missing files.
train_fails 'absent.npy: ' --x absent.npy --y y.npy
train_fails 'absent.npy: ' --x x.npy --y absent.npy
train_fails 'absent.csv: ' --csv absent.csv --target y
train_fails 'absent: cannot open' --data fashion-mnist:absent
train_fails 'absent.safetensors: ' --x x.npy --y y.npy --init absent.safetensors
fails 1 'absent.safetensors: ' "$lanewise" evaluate --model absent.safetensors --x x.npy --y y.npy
fails 1 'absent.npy: ' "$lanewise" predict --model model.safetensors --x absent.npy --out out.npy
mkdir folder
train_fails 'folder: ' --csv folder --target y

# Truncated files.
head -c 140 x.npy >short.npy
train_fails 'short.npy: .*byte' --x short.npy --y y.npy
head -c 60 x.npy >header.npy
train_fails 'header.npy: .*byte' --x header.npy --y y.npy
mkdir broken && cp fashion/* broken
head -c 25 fashion/train-images-idx3-ubyte >broken/train-images-idx3-ubyte
train_fails 'broken/train-images-idx3-ubyte: .*byte' --data fashion-mnist:broken
cp fashion/train-images-idx3-ubyte broken
head -c 30 fashion/t10k-images-idx3-ubyte.gz >broken/t10k-images-idx3-ubyte.gz
train_fails 'broken/t10k-images-idx3-ubyte.gz: ' --data fashion-mnist:broken
head -c 200 model.safetensors >short.safetensors
fails 1 'short.safetensors: ' "$lanewise" evaluate --model short.safetensors --x x.npy --y y.npy
train_fails 'short.safetensors: ' --x x.npy --y y.npy --init short.safetensors

# Files in another format.
train_fails 'good.csv: ' --x good.csv --y y.npy
fails 1 'x.npy: ' "$lanewise" evaluate --model x.npy --x x.npy --y y.npy

fails 1 'x.npy: ' "$lanewise" import --weights x.npy --output linear --save new.safetensors
fails 1 'x.npy: ' "$lanewise" export --model x.npy --out new.c
fails 1 'x.npy: ' "$lanewise" export --model x.npy --out new.onnx

# Weights without layers, and an invalid C identifier.
printf '%b%s' '\002\000\000\000\000\000\000\000' '{}' >empty.safetensors
fails 1 'empty.safetensors: no tensor has the name of a layer' \
    "$lanewise" import --weights empty.safetensors --output linear --save new.safetensors
fails 1 "'1st' is not a name for a C function" \
    "$lanewise" export --model model.safetensors --out new.c --name 1st

# Labels out of range.
npy '<i4' '(4,)' "$i0$i1$i0$i7" >large.npy
train_fails 'large.npy: row 3: label 7 is not a class' --x x.npy --y y.npy --test-x x.npy \
    --test-y large.npy
fails 1 'large.npy: row 3: label 7 ' \
    "$lanewise" evaluate --model model.safetensors --x x.npy --y large.npy

# CSV files: the message names line and column.
printf 'a,b,y\n1,2,0\n3,4\n5,6,0\n' >ragged.csv
train_fails 'ragged.csv: line 3' --csv ragged.csv --target y
printf 'a,b,y\n1,2,0\n3,4,1,9\n' >long.csv
train_fails 'long.csv: line 3' --csv long.csv --target y
printf 'a,b,y\n1,2,0\n3,four,1\n' >text.csv
train_fails 'text.csv: line 3.*b' --csv text.csv --target y --numeric b
printf 'a,b,y\n1,2,0\n3,4,\n' >blank.csv
train_fails 'blank.csv: line 3.*y.*missing' --csv blank.csv --target y
train_fails 'good.csv: .*absent' --csv good.csv --target absent
train_fails 'good.csv: .*absent' --csv good.csv --target y --one-hot absent
train_fails 'good.csv: .*absent' --csv good.csv --target y --standardize=absent

# NaN.
printf 'a,b,y\n1,2,0\n3,4,nan\n' >nan.csv
train_fails 'nan.csv: line 3.*y.*missing' --csv nan.csv --target y
npy '<f4' '(4, 2)' "$f0$f0$f0$f1$f1$nan$f1$f1" >nan.npy
train_fails 'nan.npy: .*row 2' --x nan.npy --y y.npy

# Empty data.
: >empty
train_fails 'empty: ' --csv empty --target y
train_fails 'empty: ' --x empty --y y.npy
printf 'a,b,y\n' >header.csv
train_fails 'header.csv: ' --csv header.csv --target y
npy '<f4' '(0, 2)' '' >norows.npy
npy '<i4' '(0,)' '' >nolabels.npy
train_fails 'no(rows|labels).npy: ' --x norows.npy --y nolabels.npy
fails 1 'norows.npy: ' "$lanewise" predict --model model.safetensors --x norows.npy --out out.npy

# Shapes that do not match.
npy '<i4' '(3,)' "$i0$i1$i1" >three.npy
train_fails '.*three.npy' --x x.npy --y three.npy
npy '<f4' '(4, 1)' "$f0$f1$f0$f1" >one_input.npy
train_fails 'one_input.npy: .* 1 .* 2' --x x.npy --y y.npy --test-x one_input.npy --test-y y.npy
train_fails "model.safetensors: .*'0\.weight'" --x x.npy --y y.npy --layers 5 \
    --init model.safetensors
fails 1 'one_input.npy: .* 1 .* 2' \
    "$lanewise" evaluate --model model.safetensors --x one_input.npy --y y.npy
fails 1 'one_input.npy: .* 1 .* 2' \
    "$lanewise" predict --model model.safetensors --x one_input.npy --out out.csv

# A loss that does not match the output.
train_fails '--loss cross-entropy requires a softmax output layer, not linear' \
    --x x.npy --y y.npy --output linear --loss cross-entropy
fails 1 '^lanewise: --loss binary-cross-entropy requires a sigmoid output layer, not softmax$' \
    "$lanewise" evaluate --model model.safetensors --x x.npy --y y.npy --loss binary-cross-entropy

# Files that cannot be written. Not even root can create a file below a regular file.
for path in nowhere/out x.npy/out; do
    fails 1 "$path.safetensors: " "$lanewise" train --x x.npy --y y.npy --save "$path.safetensors"
    fails 1 "$path.jsonl: " "$lanewise" train --x x.npy --y y.npy --log "$path.jsonl"
    fails 1 "$path.safetensors: " "$lanewise" import --weights model.safetensors \
        --output softmax --save "$path.safetensors"
    for extension in c onnx; do
        fails 1 "$path.$extension: " \
            "$lanewise" export --model model.safetensors --out "$path.$extension"
    done
    for extension in npy csv; do
        fails 1 "$path.$extension: " \
            "$lanewise" predict --model model.safetensors --x x.npy --out "$path.$extension"
        fails 1 "$path.$extension: " "$lanewise" predict --model model.safetensors --x x.npy \
            --classes --out "$path.$extension"
    done
done
fails 1 'folder: ' "$lanewise" train --x x.npy --y y.npy --save folder
fails 1 'folder: ' "$lanewise" train --x x.npy --y y.npy --log folder

# A training run that diverges saves no network.
printf 'a,y\n1000,1000\n-1000,5000\n' >steep.csv
run "$lanewise" train --csv steep.csv --target y --values --no-standardize --optimizer sgd \
    --lr 1000 --quiet --save new.safetensors
[ "$code" -eq 1 ] || fail "exit code $code of a run that diverges"
grep -q 'epoch [0-9]*, batch 1: .*not finite: .*--clip' "$work/err" ||
    fail 'no message about divergence'
[ ! -e new.safetensors ] || fail 'a diverged network was saved'

finish
