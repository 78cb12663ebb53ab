# A usage error: exit code 2 and a message that names the option.
. "${0%/*}/common.sh"

fails 2 'no command given' "$lanewise"
fails 2 "unknown command 'trian'" "$lanewise" trian

# The message for an invalid value names option and value.
while read -r option value; do
    fails 2 "^lanewise train: --$option: expected .*, not '$value'\$" \
        "$lanewise" train --csv data.csv --target y "--$option" "$value"
done <<'END'
lr abc
lr 0
lr -1
lr 1e-3x
lr 1-2
lr 1e
lr 1e400
lr 1e-60
lr nan
lr inf
lr 0x1p3
lr 0,1
momentum 1
weight-decay -0.1
clip 0
validation 1
batch 0
batch -5
batch 12.5
batch Full
epochs -1
epochs 0
epochs 99999999999999999999
until-accuracy 0
until-accuracy 1.01
until-accuracy 89%
threads 0
threads two
seed -1
seed 18446744073709551616
layers 0
layers 512,0
layers 512,,256
layers 512,
activation softmax
activation relux
output nothing
loss hinge
optimizer adagrad
schedule linear
initializer ones
one-hot a,
END
fails 2 "--epochs: expected .*, not ''" "$lanewise" train --csv d --target y --epochs ''
fails 2 "--lr: expected .*, not ' 1'" "$lanewise" train --csv d --target y --lr ' 1'

fails 2 "train: unknown or ambiguous option '--nonsense'" "$lanewise" train --nonsense
fails 2 'train: unknown option -x' "$lanewise" train -x
fails 2 'train: --lr needs a value' "$lanewise" train --lr
fails 2 'train: --quiet=yes: the option takes no value' "$lanewise" train --quiet=yes
fails 2 "train: unexpected argument 'more'" "$lanewise" train --csv d --target y more

fails 2 '--data, --x and --csv' "$lanewise" train
fails 2 '--data, --x and --csv' "$lanewise" train --x a.npy --y b.npy --csv c.csv
fails 2 "--data: expected .*, not 'cifar'" "$lanewise" train --data cifar
fails 2 "--data: expected .*, not 'fashion-mnist:'" "$lanewise" train --data fashion-mnist:
fails 2 '--x and --y must be given together' "$lanewise" train --x a.npy
fails 2 '--csv requires --target' "$lanewise" train --csv c.csv
fails 2 '--one-hot.* require --csv' "$lanewise" train --x a.npy --y b.npy --one-hot c
fails 2 '--labels and --values' "$lanewise" train --csv c.csv --target y --labels --values
fails 2 '--test-x and --test-y' "$lanewise" train --x a.npy --y b.npy --test-x c.npy
fails 2 '--validation' "$lanewise" train --data fashion-mnist --validation 0.1
fails 2 '--momentum requires' "$lanewise" train --csv c.csv --target y --momentum 0.5
fails 2 '--until-accuracy requires validation data: ' \
    "$lanewise" train --csv c.csv --target y --until-accuracy 0.5
fails 2 '--model is required' "$lanewise" evaluate --csv c.csv --target y
fails 2 '--out is required' "$lanewise" predict --model m --x x.npy
fails 2 '--out: .out.txt. must end in .npy or .csv' "$lanewise" predict --model m --x x.npy \
    --out out.txt

fails 2 '--weights is required' "$lanewise" import --output linear --save s
fails 2 '--output is required' "$lanewise" import --weights w --save s
fails 2 '--save is required' "$lanewise" import --weights w --output linear
fails 2 "--activation: expected one of relu, .*, not 'softmax'" \
    "$lanewise" import --weights w --activation softmax
fails 2 '--model is required' "$lanewise" export --out o.c
fails 2 '--out is required' "$lanewise" export --model m
fails 2 '--out: .out.h. must end in .onnx or .c, ' "$lanewise" export --model m --out out.h
fails 2 '--out: .onnx. must end in .onnx or .c, ' "$lanewise" export --model m --out onnx
fails 2 "--format: expected one of onnx, c, not 'tf'" "$lanewise" export --format tf
fails 2 '--name requires a C file' "$lanewise" export --model m --out o.onnx --name f
fails 2 '--name requires a C file' "$lanewise" export --model m --out o.c --format onnx --name f

succeeds "$lanewise" --help
says '^  train '
succeeds "$lanewise" --version
says '^lanewise [0-9]+\.[0-9]+\.[0-9]+$'
for command in train evaluate predict import export info; do
    succeeds "$lanewise" "$command" --help
    says "^Usage: lanewise $command"
done
succeeds "$lanewise" train --help
for option in data x y test-x test-y csv target layers activation output precision loss optimizer \
    lr batch epochs until-accuracy seed threads no-shuffle init save log checkpoint \
    checkpoint-every resume; do
    says "^  --$option( |\$)"
done

succeeds "$lanewise" info
says '^instruction set +(scalar|avx2|avx512vl|avx512|avx512bf16|neon)$'
says '^available .*scalar'
says '^cache level 2 +[1-9][0-9]* KiB$'
says '^threads +[1-9]'
succeeds env LANEWISE_ISA=scalar "$lanewise" info
says '^instruction set +scalar$'
fails 1 'mmx' env LANEWISE_ISA=mmx "$lanewise" info

finish
