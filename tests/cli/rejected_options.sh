# Training options that cannot work are rejected before the first step. The message names the
# option, and no file changes.
. "${0%/*}/common.sh"

write_xor
npy '<f4' '(4,)' "$f0$f1$f1$f0" >v.npy
printf 'a,b,y\n1,2,0\n3,4,1\n' >two.csv
mkdir folder
mkfifo pipe
data="--x x.npy --y y.npy"
succeeds "$lanewise" train $data --layers 4 --epochs 2 --quiet --checkpoint two.st --save net.st

# Exit code, pattern of the message, options, which may start with their own data.
while IFS='|' read -r expected pattern options; do
    case "$options" in
    --x* | --csv*) fails "$expected" "$pattern" "$lanewise" train $options ;;
    *) fails "$expected" "$pattern" "$lanewise" train $data $options ;;
    esac
done <<'END'
2|--lr: expected|--lr 0
2|--lr: expected|--lr -1
2|--lr: expected|--lr nan
2|--lr: expected|--lr inf
2|--momentum: expected|--optimizer momentum --momentum 1
2|--momentum: expected|--optimizer momentum --momentum -0.1
2|--momentum requires --optimizer|--momentum 0.5
2|--weight-decay: expected|--weight-decay -0.1
2|--weight-decay: expected|--weight-decay nan
2|--clip: expected|--clip 0
2|--clip: expected|--clip nan
2|--step-every: expected|--schedule step --step-every 0
2|--step-factor: expected|--schedule step --step-factor 0
2|--batch: expected|--batch 0
2|--epochs: expected|--epochs 0
2|--until-accuracy: expected|--test-x x.npy --test-y y.npy --until-accuracy 1.5
2|--until-accuracy requires validation data|--until-accuracy 0.5
2|--patience requires validation data|--patience 3
2|--patience: expected an integer|--patience 0
2|--patience and --checkpoint cannot|--test-x x.npy --test-y y.npy --patience 3 --checkpoint c
2|--test-csv requires --csv|--test-csv t.csv
1|--until-accuracy requires classes|--x x.npy --y v.npy --validation 0.5 --until-accuracy 1
2|--validation: expected|--validation 0
2|--validation: expected|--validation 1
1|no rows|--csv two.csv --target y --validation 0.01
1|no rows|--csv two.csv --target y --validation 0.99
1|--loss|--loss cross-entropy --output linear
1|--loss|--loss binary-cross-entropy --output softmax
2|--loss: expected|--loss hinge
2|--threads: expected|--threads 0
2|--resume and --init|--resume two.st --init net.st
2|--checkpoint-every requires|--checkpoint-every 2
2|--checkpoint and --save name the same|--checkpoint a --save a
2|--log and --save name the same|--log a --save a
2|--log and --checkpoint name the same|--log a --checkpoint a
2|--log and --report name the same|--log a --report a
2|--save and --report name the same|--save a --report a
2|--checkpoint and --report name the same|--checkpoint a --report a
2|--log and --resume name the same|--log two.st --resume two.st
2|--log and --init name the same|--log net.st --init net.st
1|two.st: 2 epochs are done, more than --epochs 1|--layers 4 --resume two.st --epochs 1
1|two.st: .*--optimizer adam|--layers 4 --resume two.st --optimizer sgd
1|two.st: .*--seed 1|--layers 4 --resume two.st --seed 3
1|two.st: .*--batch|--layers 4 --resume two.st --batch 1
1|two.st: layer 0|--layers 5 --resume two.st
1|nowhere/a: cannot write|--save nowhere/a
1|nowhere/a: cannot write|--checkpoint nowhere/a
1|nowhere/a: cannot write|--log nowhere/a
1|nowhere/a: cannot write|--report nowhere/a
1|folder: cannot write|--save folder
1|folder: cannot write|--checkpoint folder
1|folder: cannot write|--log folder
1|pipe: cannot write: not a regular file|--save pipe
1|pipe: cannot write: not a regular file|--checkpoint pipe
1|pipe: cannot write: not a regular file|--report pipe
END
finish
